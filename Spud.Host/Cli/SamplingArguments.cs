using System.CommandLine;
using Spud.Generation;
using Spud.Sampling;

namespace Spud.Host;

/// <summary>The options of commands that generate text.</summary>
internal sealed class SamplingArguments
{
    private const string Recommended = "Default: what the model file recommends";
    private static readonly SamplingOptions Neutral = new();

    private readonly int _usualTokens;
    private readonly Option<int?> _maxTokens;
    private readonly Option<float?> _temperature = Values.Number("--temperature", 0, 100, $"Sampling temperature; 0 always takes the most likely token. {Recommended}, else {Neutral.Temperature}; the embedded model: 0.");
    private readonly Option<int?> _topK = Values.Integer("--top-k", 0, int.MaxValue, $"Sample from this many of the most likely tokens; 0: off. {Recommended}, else {Neutral.TopK}.");
    private readonly Option<float?> _topP = Values.Number("--top-p", 0, 1, $"Sample from the most likely tokens whose probabilities add up to this; 1: off. {Recommended}, else {Neutral.TopP}.");
    private readonly Option<float?> _minP = Values.Number("--min-p", 0, 1, $"Sample from tokens at least this many times as likely as the most likely one; 0: off. {Recommended}, else {Neutral.MinP}.");
    private readonly Option<float?> _repeat = Values.Number("--repeat-penalty", 0.01f, 100, $"Makes tokens of the last {Neutral.RepetitionWindow} less likely; 1 is off. {Recommended}, else {Neutral.RepetitionPenalty}.");
    private readonly Option<ulong?> _seed = Values.Seed("--seed", "Seed of the random numbers: the same seed gives the same text. Default: a random one, which is shown.");
    private readonly Option<string[]> _stop = new("--stop") { Description = "Stop before this text; may be repeated.", HelpName = "TEXT" };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="usualTokens">Default maximum number of tokens.</param>
    public SamplingArguments(Command command, int usualTokens)
    {
        _usualTokens = usualTokens;
        _maxTokens = Values.Integer("--max-tokens", 1, int.MaxValue, $"Stop after this many tokens. Default: {usualTokens}.");
        _stop.Validators.Add(static result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError("--stop: expected a text, got an empty one.");
        });
        foreach (Option option in new Option[] { _maxTokens, _temperature, _topK, _topP, _minP, _repeat, _seed, _stop })
            command.Options.Add(option);
    }

    /// <summary>The option of commands that write a model's text to a terminal.</summary>
    public static Option<bool> RawOutput() => new("--raw-output") { Description = "Write the model's text to a terminal unchanged, with escape sequences and other control characters." };

    /// <summary>The options given by the user, except for sampling, which depends on the model.</summary>
    public GenerationOptions Read(ParseResult parsed) => new()
    {
        MaxTokens = parsed.GetValue(_maxTokens) ?? _usualTokens,
        StopStrings = parsed.GetValue(_stop) ?? [],
    };

    /// <summary>The sampling options given by the user.</summary>
    public SamplingChoice Choice(ParseResult parsed) => new()
    {
        Temperature = parsed.GetValue(_temperature),
        TopK = parsed.GetValue(_topK),
        TopP = parsed.GetValue(_topP),
        MinP = parsed.GetValue(_minP),
        RepetitionPenalty = parsed.GetValue(_repeat),
        Seed = parsed.GetValue(_seed),
    };

    /// <summary>Sampling for a model.</summary>
    public SamplingOptions Sampling(ParseResult parsed, LanguageModel model) => Choice(parsed).For(model);
}
