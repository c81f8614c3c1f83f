namespace Spud.Evaluation.Comparison;

/// <summary>
/// The score interval of a proportion, which is wide if all or none of a few trials succeed. Source: Wilson, "Probable Inference, the Law of Succession,
/// and Statistical Inference", 1927.
/// </summary>
internal static class Wilson
{
    // Enough degrees of freedom for Student's quantile to equal the normal one to one part in 8,000.
    private const int Normal = 10_000;

    /// <summary>A proportion with its interval.</summary>
    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="confidence">Confidence level of the interval.</param>
    public static Interval Interval(int successes, int trials, double confidence)
    {
        double part = (double)successes / trials, z = StudentT.Quantile((1 + confidence) / 2, Normal), z2 = z * z;
        double middle = (part + z2 / (2 * trials)) / (1 + z2 / trials);
        double half = z / (1 + z2 / trials) * Math.Sqrt(part * (1 - part) / trials + z2 / (4.0 * trials * trials));
        return new(part, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
