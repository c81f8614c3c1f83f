using System.Globalization;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Figures, as shown in page and table.</summary>
internal static class FigureText
{
    public static string Ratio(Interval ratio) => ratio is { Low: { } low, High: { } high } ? $"{RatioDigits(ratio.Value)} ({RatioDigits(low)} to {RatioDigits(high)})" : RatioDigits(ratio.Value);

    /// <summary>A ratio with four decimals, or with two if it is far from 1.</summary>
    public static string RatioDigits(double ratio) => ratio.ToString(ratio < 10 ? "0.0000" : "0.00", Invariant);

    /// <summary>Bits per CU; fewer decimals for values in the thousands, which models that compute next to nothing reach.</summary>
    public static string Score(double score) => score.ToString(Math.Abs(score) < 1000 ? "0.000" : "0.0", Invariant);

    public static string? Range(Interval interval, string format) => interval is { Low: { } low, High: { } high } ? $"{low.ToString(format, Invariant)} to {high.ToString(format, Invariant)}" : null;

    /// <summary>Compute units with at least four significant digits.</summary>
    public static string Units(double units) => units >= 0.1 ? units.ToString("0.0000", Invariant) : units.ToString("0.000000", Invariant);

    public static string Divergence(double? of) => of is not { } value ? "none" : value == 0 ? "0" : value < 1e-4 ? value.ToString("0.00E+0", Invariant) : value.ToString("0.00000", Invariant);

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;
}
