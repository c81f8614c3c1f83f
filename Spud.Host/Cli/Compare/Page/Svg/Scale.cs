using System.Globalization;

namespace Spud.Host;

/// <summary>Values on a linear axis, with limits and ticks at round numbers.</summary>
internal sealed class Scale
{
    private readonly double _from, _to;

    /// <param name="values">The values that must fit.</param>
    /// <param name="from">Coordinate of the lower limit.</param>
    /// <param name="to">Coordinate of the upper limit.</param>
    /// <param name="fromZero">Whether the axis begins at 0, as required for bars.</param>
    /// <param name="ticks">Approximate number of ticks.</param>
    public Scale(IEnumerable<double> values, double from, double to, bool fromZero = false, int ticks = 5)
    {
        (_from, _to) = (from, to);
        double[] finite = [.. values.Where(double.IsFinite).Concat(fromZero ? [0.0] : [])];
        (double low, double high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        double room = high > low ? (high - low) * 0.08 : Math.Max(Math.Abs(high) * 0.05, 1e-12);
        (low, high) = (fromZero ? low : low - room, high + room);
        Step = RoundStep((high - low) / ticks);
        // Values that are never negative have no axis below 0.
        double floor = Math.Floor(low / Step) * Step;
        (Low, High) = (fromZero || (floor < 0 && finite.All(static value => value >= 0)) ? 0 : floor, Math.Ceiling(high / Step) * Step);
    }

    /// <summary>Lower limit of the axis.</summary>
    public double Low { get; }

    /// <summary>Upper limit of the axis.</summary>
    public double High { get; }

    /// <summary>Distance between ticks.</summary>
    public double Step { get; }

    /// <summary>Ticks and their labels.</summary>
    public IEnumerable<(double Value, string Label)> Ticks
    {
        get
        {
            int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 12);
            int count = (int)Math.Round((High - Low) / Step);
            for (int i = 0; i <= count; i++)
                yield return (Low + i * Step, (Low + i * Step).ToString("N" + decimals, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Coordinate of a value.</summary>
    public double At(double value) => _from + (Math.Clamp(value, Low, High) - Low) / (High - Low) * (_to - _from);

    // 1, 2 or 5 times a power of ten.
    private static double RoundStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (least / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
