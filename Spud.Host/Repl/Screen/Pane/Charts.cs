namespace Spud.Host.Repl.Screen;

/// <summary>Charts made of characters.</summary>
internal static class Charts
{
    private const string Shades = "·░▒▓█";

    /// <summary>A bar for a fraction, 0 to 1.</summary>
    public static string Bar(double share, int columns)
    {
        int full = (int)Math.Round(Math.Clamp(share, 0, 1) * columns);
        return new string('█', full) + new string('░', columns - full);
    }

    /// <summary>The character for a value on a heat map.</summary>
    public static char Shade(double value, double lowest, double highest) =>
        highest <= lowest ? Shades[2] : Shades[(int)Math.Clamp(Math.Round((value - lowest) / (highest - lowest) * (Shades.Length - 1)), 0, Shades.Length - 1)];

    /// <summary>Reduces values to at most a given number of averages.</summary>
    public static double[] Buckets(IReadOnlyList<double> values, int most)
    {
        int count = Math.Min(values.Count, most);
        double[] buckets = new double[Math.Max(0, count)];
        for (int i = 0; i < count; i++)
        {
            int from = (int)((long)i * values.Count / count), to = (int)((long)(i + 1) * values.Count / count);
            for (int at = from; at < to; at++)
                buckets[i] += values[at] / (to - from);
        }

        return buckets;
    }
}
