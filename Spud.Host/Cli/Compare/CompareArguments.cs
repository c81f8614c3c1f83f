using System.CommandLine;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>The options that determine what a comparison measures.</summary>
internal sealed class CompareArguments
{
    private readonly Option<int?> _window = Values.Integer("--window", 4, Values.MaxTokens, "Tokens per window; each window starts with an empty context. Default: 512.");
    private readonly Option<int?> _stride = Values.Integer("--stride", 1, int.MaxValue, "Start a window every N tokens and score the last N of each. Default: windows side by side, the second half of each scored, as llama-perplexity does.");
    private readonly Option<int?> _from = FromOption("each window");
    private readonly Option<int?> _bucket = BucketOption();
    private readonly Option<bool> _parseSpecial = TextArguments.SpecialOption("");
    private readonly Option<int?> _windows = Values.Integer("--windows", 1, int.MaxValue, "Maximum windows per text. Default: all.");
    private readonly Option<int?> _repeat = Values.Integer("--repeat", 0, 1_000_000, "Speed measurements of each pipeline, interleaved, after one warm-up; 0: none. Default: 5.");
    private readonly Option<int?> _prompt = Values.Integer("--prompt", 1, Values.MaxTokens, "Tokens to prefill in a measurement. Default: 256.");
    private readonly Option<int?> _generate = Values.Integer("--generate", 1, Values.MaxTokens, "Tokens to decode after them. Default: 32.");
    private readonly Option<ulong?> _seed = Values.Seed("--seed", "Seed of the random numbers for confidence intervals. Default: 1.");

    public CompareArguments(Command command)
    {
        foreach (Option option in new Option[] { _parseSpecial, _window, _stride, _from, _bucket, _windows, _repeat, _prompt, _generate, _seed })
            command.Options.Add(option);
    }

    /// <summary>The option for the position from which a text is scored.</summary>
    /// <param name="where">Where the position is counted, such as "each window".</param>
    public static Option<int?> FromOption(string where) => Values.Integer("--from", 1, Values.MaxTokens, $"Score only the tokens at position N of {where} and after it; also shows perplexity by position.");

    /// <summary>The option that shows perplexity by position.</summary>
    public static Option<int?> BucketOption() => Values.Integer("--bucket", 1, Values.MaxTokens, "Show perplexity by position, N positions together. Default with --from: an eighth of what is scored.");

    /// <summary>Number of positions per bucket.</summary>
    /// <param name="bucket">Value given on the command line.</param>
    /// <param name="from">First position given on the command line.</param>
    /// <param name="end">Position after the last one.</param>
    public static int? BucketTokens(int? bucket, int? from, int end) => bucket ?? (from is { } first ? Math.Max(1, (end - first + 7) / 8) : null);

    /// <summary>What to measure.</summary>
    public ComparisonSettings Read(ParseResult parsed) => new()
    {
        Window = Window(parsed, parsed.GetValue(_window) ?? 512),
        ParseSpecial = parsed.GetValue(_parseSpecial),
        MaxWindows = parsed.GetValue(_windows),
        Bootstrap = new() { Seed = parsed.GetValue(_seed) ?? 1 },
        Speed = parsed.GetValue(_repeat) == 0 ? null : new() { Repeats = parsed.GetValue(_repeat) ?? 5, Prompt = parsed.GetValue(_prompt) ?? 256, Generate = parsed.GetValue(_generate) ?? 32 },
    };

    private WindowSettings Window(ParseResult parsed, int tokens) => new()
    {
        Tokens = tokens,
        Stride = parsed.GetValue(_stride),
        From = parsed.GetValue(_from),
        BucketTokens = BucketTokens(parsed.GetValue(_bucket), parsed.GetValue(_from), tokens),
    };
}
