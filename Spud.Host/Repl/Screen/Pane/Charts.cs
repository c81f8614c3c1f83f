namespace Spud.Host.Repl.Screen;

/// <summary>Pictures made of characters.</summary>
internal static class Charts
{
    private const string Eighths = " ▁▂▃▄▅▆▇█";
    private const string Shades = "·░▒▓█";

    /// <summary>A bar of a share, 0 to 1.</summary>
    public static string Bar(double share, int columns)
    {
        int full = (int)Math.Round(Math.Clamp(share, 0, 1) * columns);
        return new string('█', full) + new string('░', columns - full);
    }

    /// <summary>Values over time as columns, the highest row first.</summary>
    public static IEnumerable<string> Plot(IReadOnlyList<double> values, int rows, double highest)
    {
        for (int row = rows - 1; row >= 0; row--)
        {
            yield return string.Create(values.Count, (values, row, rows, highest), static (to, state) =>
            {
                for (int i = 0; i < to.Length; i++)
                {
                    double eighths = state.highest <= 0 ? 0 : state.values[i] / state.highest * state.rows * 8 - state.row * 8;
                    to[i] = Eighths[(int)Math.Clamp(Math.Round(eighths), 0, 8)];
                }
            });
        }
    }

    /// <summary>The sign of a value on a heat map.</summary>
    public static char Shade(double value, double lowest, double highest) =>
        highest <= lowest ? Shades[2] : Shades[(int)Math.Clamp(Math.Round((value - lowest) / (highest - lowest) * (Shades.Length - 1)), 0, Shades.Length - 1)];

    /// <summary>Averages of consecutive values, at most so many.</summary>
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
