using Spud.Generation;
using Spud.Metering;

namespace Spud.Host.Repl;

/// <summary>How the next turns are answered.</summary>
internal sealed record TurnSettings
{
    /// <summary>Tokens of an answer where nobody says.</summary>
    public const int DefaultMaxTokens = 1024;

    /// <summary>Alternatives of each token that are noted.</summary>
    private const int Alternatives = 5;

    /// <summary>How tokens are chosen, as far as somebody said so.</summary>
    public SamplingChoice Sampling { get; init; } = new();

    /// <summary>Maximum tokens of an answer.</summary>
    public int MaxTokens { get; init; } = DefaultMaxTokens;

    /// <summary>Texts that end an answer.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>What an answer may cost; null: what the pipeline says.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Whether <see cref="Budget"/> is for one turn.</summary>
    public bool BudgetOnce { get; init; }

    /// <summary>How much compute an answer is worth, 0 to 1; null: what the pipeline says.</summary>
    public float? Effort { get; init; }

    /// <summary>What work costs; null: nobody asks.</summary>
    public PriceList? Prices { get; init; }

    /// <summary>The same as the engine takes them.</summary>
    /// <param name="model">Recommends what nobody chose.</param>
    public GenerationOptions For(LanguageModel model)
    {
        GenerationOptions options = new() { MaxTokens = MaxTokens, StopStrings = StopStrings, Budget = Budget, Effort = Effort, Sampling = Sampling.For(model) };
        options.Sampling.LogProbabilities = Alternatives;
        return options;
    }
}
