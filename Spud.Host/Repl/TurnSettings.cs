using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;

namespace Spud.Host.Repl;

/// <summary>Settings of the next turns.</summary>
internal sealed record TurnSettings
{
    /// <summary>Default maximum tokens of an answer.</summary>
    public const int DefaultMaxTokens = 1024;

    /// <summary>Number of alternatives recorded per token.</summary>
    private const int Alternatives = 5;

    /// <summary>Sampling settings that were set explicitly.</summary>
    public SamplingChoice Sampling { get; init; } = new();

    /// <summary>Maximum tokens of an answer.</summary>
    public int MaxTokens { get; init; } = DefaultMaxTokens;

    /// <summary>Texts that end an answer.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Budget of an answer; null for the pipeline's.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Whether <see cref="Budget"/> applies to one turn only.</summary>
    public bool BudgetOnce { get; init; }

    /// <summary>Effort, 0 to 1; null for the pipeline's.</summary>
    public float? Effort { get; init; }

    /// <summary>What lengths of drafts are chosen for; null for what the pipeline says.</summary>
    public DraftPreference? Prefer { get; init; }

    /// <summary>What an answer must be; null for any text.</summary>
    public AnswerFormat? Format { get; init; }

    /// <summary>Price list; null for none.</summary>
    public PriceList? Prices { get; init; }

    /// <summary>The options for the engine.</summary>
    /// <param name="model">Its recommendations fill in settings that were not set.</param>
    public GenerationOptions For(LanguageModel model)
    {
        GenerationOptions options = new() { MaxTokens = MaxTokens, StopStrings = StopStrings, Budget = Budget, Effort = Effort, Prefer = Prefer, Sampling = Sampling.For(model) };
        options.Sampling.LogProbabilities = Alternatives;
        return options;
    }
}
