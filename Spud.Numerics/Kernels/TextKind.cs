namespace Spud.Numerics;

/// <summary>Classifies a text by the experts it favours, implemented once so that a router and its calibration agree.</summary>
public static class TextKind
{
    /// <summary>
    /// Squared Hellinger distance of two distributions over experts, 0 to 1: 1 - sum of sqrt(s[e] / S c[e]) with S the sum of s.
    /// </summary>
    /// <param name="sums">s [E], not negative, not all 0.</param>
    /// <param name="centroid">c [E], sums to 1.</param>
    public static double Distance(ReadOnlySpan<double> sums, ReadOnlySpan<float> centroid)
    {
        double all = 0, overlap = 0;
        for (int expert = 0; expert < sums.Length; expert++)
        {
            all += sums[expert];
            overlap += Math.Sqrt(sums[expert] * centroid[expert]);
        }

        return Math.Max(0, 1 - overlap / Math.Sqrt(all));
    }

    /// <summary>
    /// The nearest kind, or none if even that is farther than its radius. That radius counts as the distance of "none", and the confidence
    /// is the answer's share of exp(-distance / scale) over all kinds and none.
    /// </summary>
    /// <param name="distances">[N], N at least 1.</param>
    /// <param name="radii">[N].</param>
    /// <param name="scale">Above 0.</param>
    /// <returns>Index of the kind, or -1 for none.</returns>
    public static (int Kind, double Confidence) Choose(ReadOnlySpan<double> distances, ReadOnlySpan<float> radii, double scale)
    {
        int nearest = 0;
        for (int kind = 1; kind < distances.Length; kind++)
        {
            if (distances[kind] < distances[nearest])
                nearest = kind;
        }

        double radius = radii[nearest], answer = Math.Min(distances[nearest], radius);
        // Relative to the answer's own, so that it counts as 1.
        double all = Math.Exp((answer - radius) / scale);
        foreach (double distance in distances)
            all += Math.Exp((answer - distance) / scale);

        return (distances[nearest] <= radius ? nearest : -1, 1 / all);
    }
}
