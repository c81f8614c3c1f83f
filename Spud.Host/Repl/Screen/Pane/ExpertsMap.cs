using System.Collections.Immutable;
using Spud.Metering;

namespace Spud.Host.Repl.Screen;

/// <summary>The number of experts per layer as a heat map: darker is more.</summary>
internal static class ExpertsMap
{
    private const int LabelColumns = 4;

    /// <summary>One row per layer, one column per token or group of tokens.</summary>
    public static IEnumerable<Paragraph> OfTokens(IReadOnlyList<ImmutableArray<int>> tokens, int columns)
    {
        int layers = tokens.Max(token => token.Length);
        double lowest = tokens.Min(token => token.Min()), highest = tokens.Max(token => token.Max());
        foreach (Paragraph row in Heading("Experts per layer and token", lowest, highest))
            yield return row;

        for (int layer = 0; layer < layers; layer++)
        {
            double[] values = Charts.Buckets([.. tokens.Select(token => layer < token.Length ? (double)token[layer] : 0)], Math.Max(8, columns - LabelColumns));
            yield return Row($"{layer}", values, lowest, highest);
        }
    }

    /// <summary>One row per phase, one column per layer.</summary>
    public static IEnumerable<Paragraph> OfPhases(IEnumerable<ReceiptPhase> phases, int columns)
    {
        ReceiptPhase[] known = [.. phases.Where(phase => phase.ExpertsPerToken is { IsDefaultOrEmpty: false })];
        if (known.Length == 0)
            yield break;

        double lowest = known.Min(phase => phase.ExpertsPerToken!.Value.Min()), highest = known.Max(phase => phase.ExpertsPerToken!.Value.Max());
        foreach (Paragraph row in Heading("Experts per layer, on average", lowest, highest))
            yield return row;

        foreach (ReceiptPhase phase in known)
        {
            double[] layers = Charts.Buckets(phase.ExpertsPerToken!.Value, Math.Max(8, columns - 9));
            yield return new([new($"{phase.Phase,-9}".ToLowerInvariant(), Ink.Dim), new(Shades(layers, lowest, highest), Ink.Accent)], IsVerbatim: true);
        }
    }

    private static Paragraph[] Heading(string title, double lowest, double highest) =>
    [
        Paragraph.Empty,
        Paragraph.Of(title, Ink.Heading),
        Paragraph.Of(highest > lowest ? $"{Charts.Shade(lowest, lowest, highest)} {lowest:0.#}   {Charts.Shade(highest, lowest, highest)} {highest:0.#}" : $"all {highest:0.#}", Ink.Dim),
    ];

    private static Paragraph Row(string label, double[] values, double lowest, double highest) =>
        new([new(label.PadLeft(LabelColumns - 1) + " ", Ink.Dim), new(Shades(values, lowest, highest), Ink.Accent)], IsVerbatim: true);

    private static string Shades(double[] values, double lowest, double highest) => string.Concat(values.Select(value => Charts.Shade(value, lowest, highest)));
}
