namespace Spud.Evaluation.Calibration;

/// <summary>Scores that need no trials: heads with lower ones stream first.</summary>
public static class HeadScores
{
    /// <summary>A score for each head.</summary>
    public static double[] Of(IReadOnlyList<HeadNeed> needs, HeadOrder order)
    {
        ArgumentNullException.ThrowIfNull(needs);
        double[] looks = [.. needs.Select(static need => need.Reconstruction)];
        double[] far = [.. needs.Select(static need => need.Far)];
        return order switch
        {
            HeadOrder.Reconstruction => looks,
            HeadOrder.Far => far,
            HeadOrder.Random => Shuffled(needs.Count),
            _ => [.. Ranks(looks).Zip(Ranks(far), (one, other) => (one + other) / (2 * needs.Count))],
        };
    }

    /// <summary>How well scores agree with a cost: Spearman's rank correlation.</summary>
    public static double Agreement(double[] scores, double[] costs)
    {
        ArgumentNullException.ThrowIfNull(scores);
        double n = scores.Length, squares = Ranks(scores).Zip(Ranks(costs), static (a, b) => (a - b) * (a - b)).Sum();
        return n > 1 ? 1 - 6 * squares / (n * (n * n - 1)) : 1;
    }

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        for (int rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank + 1;

        return ranks;
    }

    // Always the same: a baseline is repeated. SplitMix64, so that it is the same on every machine and version.
    private static double[] Shuffled(int heads)
    {
        double[] scores = new double[heads];
        ulong state = 1;
        for (int i = 0; i < heads; i++)
        {
            ulong bits = state += 0x9E3779B97F4A7C15;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            scores[i] = ((bits ^ (bits >> 31)) >> 11) * (1.0 / (1L << 53));
        }

        return scores;
    }
}
