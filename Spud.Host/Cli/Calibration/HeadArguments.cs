using System.CommandLine;
using System.Globalization;
using Spud.Evaluation.Calibration;

namespace Spud.Host;

/// <summary>Options that say how heads are measured and put in order.</summary>
internal sealed class HeadArguments
{
    private const int DefaultContext = 1024, DefaultHeld = 4096, DefaultRows = 64, DefaultSinks = 64, DefaultWindow = 256;

    private static readonly int[] s_windows = [256, 1024, 64];

    private readonly Option<int?> _context = Values.Integer("--context-tokens", 64, Values.MaxTokens, $"Tokens of each text that are repeated; at most half of the context. Default: {DefaultContext}, or half of a shorter context.");
    private readonly Option<int?> _held = Values.Integer("--held-tokens", 0, Values.MaxTokens, $"Tokens of each text behind them, at whose end every head is tried out alone. 0: heads are not tried out. Default: {DefaultHeld}, or a shorter context.");
    private readonly Option<int?> _rows = Values.Integer("--held-rows", 32, Values.MaxTokens, $"Rows at their end whose predictions are compared. Default: {DefaultRows}.");
    private readonly Option<int[]?> _windows = new("--windows")
    {
        Description = "Recent tokens that a streaming head may keep, each tried out for every head. Default: 1024,256,64, of which those that forget half of the text at least.",
        HelpName = "N,N,…",
        CustomParser = WindowsOf,
    };
    private readonly Option<int?> _sinks = Values.Integer("--sinks", 0, Values.MaxTokens, $"Tokens at the start of a text that a streaming head keeps. Default: {DefaultSinks}.");
    private readonly Option<float?> _keep = Values.Number("--keep", 0, 1, string.Create(CultureInfo.InvariantCulture, $"Share of the keys that heads keep in a pipeline that does not say. Default: the smallest one that is tried out and costs at most {HeadSettings.DefaultDivergence} in divergence; {HeadSettings.DefaultKeep} without --held-tokens."));
    private readonly Option<HeadOrder?> _order = new("--order")
    {
        Description = "By what heads are put in order: damage (what each window costs in predictions; the default), reconstruction (how much a repetition looks back), far (how much rows of a text look far back), both (the mean of these two; the default without --held-tokens), or random. All but damage give every head the first of --windows.",
        CustomParser = static result => Values.OneOf(result, "--order", Enum.GetValues<HeadOrder>()),
        HelpName = "ORDER",
    };

    public HeadArguments(Command command)
    {
        foreach (Option option in new Option[] { _context, _held, _rows, _windows, _sinks, _keep, _order })
            command.Options.Add(option);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="usual">Default context of the pipeline, in tokens; 0 if unknown.</param>
    /// <exception cref="BadInputException">The options contradict each other.</exception>
    public HeadSettings Settings(ParseResult parsed, int usual)
    {
        int most = usual > 0 ? usual : int.MaxValue;
        HeadOrder? order = parsed.GetValue(_order);
        int held = parsed.GetValue(_held) ?? (order is null or HeadOrder.Damage ? Math.Min(DefaultHeld, most) : 0);
        held -= held % HeadProbe.BorderTokens;
        int sinks = parsed.GetValue(_sinks) ?? DefaultSinks;
        if (held == 0 && order is HeadOrder.Damage)
            throw new BadInputException("--order damage needs heads to be tried out. Give more --held-tokens, or another order.");

        int[] windows = Windows(parsed, held, sinks);
        int rows = parsed.GetValue(_rows) ?? Math.Min(DefaultRows, held / 4);
        if (held > 0 && rows > held - HeadProbe.BorderTokens)
            throw new BadInputException($"--held-rows {rows} is too many: a text of {held} tokens has {held - HeadProbe.BorderTokens} behind the first review. Give at most {held - HeadProbe.BorderTokens}.");

        return new()
        {
            ContextTokens = parsed.GetValue(_context) ?? Math.Min(DefaultContext, most / 2),
            HeldTokens = held,
            HeldRows = rows - rows % HeadProbe.BorderTokens,
            Sinks = sinks,
            Windows = windows,
            Keep = parsed.GetValue(_keep),
            Order = order ?? (held > 0 ? HeadOrder.Damage : HeadOrder.Both),
        };
    }

    private int[] Windows(ParseResult parsed, int held, int sinks)
    {
        int[]? given = parsed.GetValue(_windows) is { Length: > 0 } windowsGiven ? windowsGiven : null;
        if (held == 0)
            return given ?? [DefaultWindow];

        int[] windows = given ?? [.. s_windows.Where(Fits)];
        int least = given?.Max() ?? s_windows.Min();
        return windows.Length > 0 && windows.All(Fits)
            ? windows
            : throw new BadInputException($"--held-tokens {held} is too few: a streaming head keeps {sinks} + {least} tokens, and must forget at least half of the text. Give at least {2 * (sinks + least)}, or 0.");

        bool Fits(int recent) => held >= 2L * (sinks + recent);
    }

    private static int[]? WindowsOf(System.CommandLine.Parsing.ArgumentResult result)
    {
        string[] parts = result.Tokens[0].Value.Split(',');
        int[] windows = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out windows[i]) || windows[i] is < 1 or > Values.MaxTokens || windows.AsSpan(0, i).Contains(windows[i]))
            {
                result.AddError($"--windows: expected different whole numbers from 1 to {Values.MaxTokens}, separated by commas, got '{result.Tokens[0].Value}'.");
                return null;
            }
        }

        return windows;
    }
}
