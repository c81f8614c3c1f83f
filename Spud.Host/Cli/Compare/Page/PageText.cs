using System.Globalization;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Figures as the page writes them.</summary>
internal static class PageText
{
    public static string Ratio(Interval ratio) => ratio is { Low: { } low, High: { } high } ? $"{ratio.Value:0.0000} ({low:0.0000} to {high:0.0000})" : $"{ratio.Value:0.0000}";

    public static string? Range(Interval interval, string format) => interval is { Low: { } low, High: { } high } ? $"{low.ToString(format, Invariant)} to {high.ToString(format, Invariant)}" : null;

    /// <summary>Compute units with four digits that count.</summary>
    public static string Units(double units) => units >= 0.1 ? units.ToString("0.0000", Invariant) : units.ToString("0.000000", Invariant);

    public static string Divergence(double value) => value == 0 ? "0" : value < 1e-4 ? value.ToString("0.00E+0", Invariant) : value.ToString("0.00000", Invariant);

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;
}
