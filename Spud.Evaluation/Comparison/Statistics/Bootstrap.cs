using Spud.Sampling;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Paired bootstrap: every repetition draws units with replacement, as many as there are, separately for each text and the same ones for all
/// pipelines. The interval is given by percentiles. Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
/// chapter 13; pairing as in Koehn, "Statistical Significance Tests for Machine Translation Evaluation", 2004.
/// </summary>
internal static class Bootstrap
{
    /// <summary>Intervals of figures over units, where the sums of a repetition are <paramref name="add"/>ed up in a <typeparamref name="TSum"/>.</summary>
    /// <param name="strata">[stratum]: its units; each stratum keeps its size.</param>
    /// <param name="settings">Repetitions, seed and confidence.</param>
    /// <param name="sum">A new, empty sum.</param>
    /// <param name="add">Adds unit <c>i</c> of a stratum.</param>
    /// <param name="figures">The figures of a sum.</param>
    public static Interval[] Intervals<TSum>(int[] strata, BootstrapSettings settings, Func<TSum> sum, Action<TSum, int, int> add, Func<TSum, double[]> figures)
    {
        TSum all = sum();
        for (int stratum = 0; stratum < strata.Length; stratum++)
        {
            for (int unit = 0; unit < strata[stratum]; unit++)
                add(all, stratum, unit);
        }

        double[] values = figures(all);
        if (strata.Sum() < BootstrapSettings.MinUnits)
            return [.. values.Select(value => new Interval(value, null, null))];

        double[][] drawn = Draw(strata, settings, sum, add, figures);
        return [.. values.Select((value, figure) => Percentiles(value, [.. drawn.Select(repetition => repetition[figure])], settings.Confidence))];
    }

    private static double[][] Draw<TSum>(int[] strata, BootstrapSettings settings, Func<TSum> sum, Action<TSum, int, int> add, Func<TSum, double[]> figures)
    {
        Xoshiro256 random = new(settings.Seed);
        double[][] drawn = new double[settings.Repetitions][];
        for (int repetition = 0; repetition < drawn.Length; repetition++)
        {
            TSum sums = sum();
            for (int stratum = 0; stratum < strata.Length; stratum++)
            {
                for (int i = 0; i < strata[stratum]; i++)
                    add(sums, stratum, (int)(random.NextDouble() * strata[stratum]));
            }

            drawn[repetition] = figures(sums);
        }

        return drawn;
    }

    private static Interval Percentiles(double value, double[] drawn, double confidence)
    {
        Array.Sort(drawn);
        double tail = (1 - confidence) / 2 * (drawn.Length - 1);
        return new(value, drawn[(int)Math.Floor(tail)], drawn[(int)Math.Ceiling(drawn.Length - 1 - tail)]);
    }
}

/// <summary>How confidence intervals are drawn.</summary>
public sealed record BootstrapSettings
{
    /// <summary>Minimum number of units for an interval.</summary>
    internal const int MinUnits = 5;

    /// <summary>Repetitions.</summary>
    public int Repetitions { get; init; } = 2000;

    /// <summary>Start of the random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Share of the repetitions inside the interval.</summary>
    public double Confidence { get; init; } = 0.95;
}
