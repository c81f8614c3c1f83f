using System.Diagnostics;

namespace Spud.Numerics;

/// <summary>Which experts a text favours, implemented once so that a router and its calibration agree bit for bit.</summary>
public static class ExpertPool
{
    /// <summary>Rows before this position have no pool.</summary>
    public const int FirstTokens = 64;

    /// <summary>Number of rows for which a pool is valid.</summary>
    public const int PoolTokens = 256;

    /// <summary>Adds a row to the sums: s[e] = decay s[e] + p[e].</summary>
    /// <param name="sums">s [E].</param>
    /// <param name="probabilities">p [E], over all experts.</param>
    /// <param name="decay">0 to 1.</param>
    public static void Add(Span<double> sums, ReadOnlySpan<float> probabilities, double decay)
    {
        Debug.Assert(sums.Length == probabilities.Length);
        for (int expert = 0; expert < sums.Length; expert++)
            sums[expert] = decay * sums[expert] + probabilities[expert];
    }

    /// <summary>Decay per row for sums in which the weight of a row halves after the given number of rows.</summary>
    public static double Decay(double halfLife) => Math.Pow(2, -1 / halfLife);

    /// <summary>Whether a pool begins at a position.</summary>
    public static bool BeginsAt(int position) => position >= FirstTokens && (position - FirstTokens) % PoolTokens == 0;

    /// <summary>Words in a set of experts.</summary>
    public static int Words(int experts) => (experts + 63) / 64;

    /// <summary>Marks the experts with the largest sums, ties to the lower index; none if they hold too little of the total.</summary>
    /// <param name="sums">[E], not negative.</param>
    /// <param name="size">P, 1 to E.</param>
    /// <param name="minMass">Share of the sums that the pool must hold.</param>
    /// <param name="pool">One bit per expert; all zeros: no pool, every expert may be chosen.</param>
    public static void Choose(ReadOnlySpan<double> sums, int size, double minMass, Span<ulong> pool)
    {
        Debug.Assert(size >= 1 && size <= sums.Length && pool.Length >= Words(sums.Length));
        pool.Clear();
        double all = 0, held = 0;
        foreach (double sum in sums)
            all += sum;
        for (int i = 0; i < size; i++)
        {
            int best = -1;
            for (int expert = 0; expert < sums.Length; expert++)
            {
                if (!Holds(pool, expert) && (best < 0 || sums[expert] > sums[best]))
                    best = expert;
            }

            pool[best >> 6] |= 1UL << (best & 63);
            held += sums[best];
        }

        if (held < minMass * all)
            pool.Clear();
    }

    /// <summary>Whether a pool has no experts, meaning that every expert may be chosen.</summary>
    public static bool IsNone(ReadOnlySpan<ulong> pool) => !pool.ContainsAnyExcept(0UL);

    /// <summary>Whether an expert is in the pool.</summary>
    public static bool Holds(ReadOnlySpan<ulong> pool, int expert) => (pool[expert >> 6] >> (expert & 63) & 1) != 0;

    /// <summary>Sets the probabilities of experts outside a pool to negative infinity.</summary>
    /// <param name="pool">A non-empty pool.</param>
    /// <param name="probabilities">[E].</param>
    public static void Restrict(ReadOnlySpan<ulong> pool, Span<float> probabilities)
    {
        for (int expert = 0; expert < probabilities.Length; expert++)
        {
            if (!Holds(pool, expert))
                probabilities[expert] = float.NegativeInfinity;
        }
    }
}
