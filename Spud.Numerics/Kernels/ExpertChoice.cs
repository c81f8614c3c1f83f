using System.Diagnostics;

namespace Spud.Numerics;

/// <summary>How routers choose and weight a row's experts, implemented once so that they agree bit for bit.</summary>
public static class ExpertChoice
{
    /// <summary>For normalisation, the sum of the chosen weights is taken as at least 2^-14 (llama.cpp's guard).</summary>
    private const float MinSum = 6.103515625e-5f;

    /// <summary>Takes the largest probabilities, best first; ties go to the lower index.</summary>
    /// <param name="probabilities">[E]; those taken are set to negative infinity.</param>
    /// <param name="experts">[K], K at most E: indices of the chosen experts.</param>
    /// <param name="weights">[K]: probabilities of the chosen experts.</param>
    public static void Largest(Span<float> probabilities, Span<int> experts, Span<float> weights)
    {
        Debug.Assert(experts.Length == weights.Length && experts.Length <= probabilities.Length);
        for (int i = 0; i < experts.Length; i++)
        {
            int best = FirstOfLargest(probabilities);
            (experts[i], weights[i]) = (best, probabilities[best]);
            probabilities[best] = float.NegativeInfinity;
        }
    }

    /// <summary>Normalises weights to sum to 1.</summary>
    public static unsafe void Renormalise(Span<float> weights)
    {
        float sum = 0;
        foreach (float weight in weights)
            sum += weight;

        fixed (float* w = weights)
            Scale.Run(1 / MathF.Max(sum, MinSum), w, w, weights.Length);
    }

    /// <summary>
    /// The smallest n, at least <paramref name="least"/>, for which the first n of M candidates hold a share of their mass:
    /// q[0] + … + q[n - 1] >= threshold (q[0] + … + q[M - 1]) with q[i] = p[i]^(1 / temperature). M if threshold is 1 or more.
    /// </summary>
    /// <param name="candidates">p [M], descending, as produced by <see cref="Largest"/>.</param>
    /// <param name="least">Minimum number, 1 to M.</param>
    /// <param name="threshold">The share; 0 or less gives <paramref name="least"/>.</param>
    /// <param name="temperature">Above 0. Below 1 the best candidates weigh more and fewer suffice.</param>
    public static int Count(ReadOnlySpan<float> candidates, int least, double threshold, double temperature)
    {
        if (threshold >= 1)
            return candidates.Length;

        double all = 0, held = 0;
        foreach (float p in candidates)
            all += Mass(p, candidates[0], temperature);

        for (int n = 1; n < candidates.Length; n++)
        {
            held += Mass(candidates[n - 1], candidates[0], temperature);
            if (n >= least && held >= threshold * all)
                return n;
        }

        return candidates.Length;
    }

    /// <summary>Keeps the candidates whose probability, times the effort, exceeds their own threshold, and in any case the first ones; in order.</summary>
    /// <param name="thresholds">[E].</param>
    /// <param name="experts">[M], as produced by <see cref="Largest"/>; those kept are moved to the front.</param>
    /// <param name="weights">[M]: their probabilities; moved likewise.</param>
    /// <param name="least">Number of first ones, 1 to M.</param>
    /// <param name="effort">0 to 1; 0 keeps only the first ones.</param>
    /// <returns>The number of those kept.</returns>
    public static int Exceeding(ReadOnlySpan<float> thresholds, Span<int> experts, Span<float> weights, int least, double effort)
    {
        int kept = 0;
        for (int i = 0; i < experts.Length; i++)
        {
            if (i >= least && !(weights[i] * effort > thresholds[experts[i]]))
                continue;

            (experts[kept], weights[kept]) = (experts[i], weights[i]);
            kept++;
        }

        return kept;
    }

    /// <summary>q of one candidate, up to a factor of the row: relative to the best, so that powers of small numbers do not underflow.</summary>
    public static double Mass(float p, float best, double temperature) => temperature == 1 ? p : Math.Pow((double)p / best, 1 / temperature);

    private static int FirstOfLargest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
