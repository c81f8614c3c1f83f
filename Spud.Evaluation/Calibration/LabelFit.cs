using System.Collections.Immutable;
using Spud.Numerics;

namespace Spud.Evaluation.Calibration;

/// <summary>Kinds of text, as recognised by router 'hierarchical'.</summary>
public sealed record LabelFit
{
    private static readonly double[] s_scales = [.. Enumerable.Range(0, 25).Select(static i => 1e-4 * Math.Pow(10, i / 8.0))];

    /// <summary>Names.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>For each layer with several experts, [label, expert]: the shares of experts in texts of the label.</summary>
    public required ImmutableDictionary<int, float[]> Centroids { get; init; }

    /// <summary>[2, label]: maximum distance of a text of the label from its centroid, after 64 tokens and after more.</summary>
    public required ImmutableArray<float> Radii { get; init; }

    /// <summary>Scale of distances, for the confidence.</summary>
    public required double Scale { get; init; }

    /// <summary>Share of held-out windows whose label was right after 64 tokens.</summary>
    public required double AccuracyAt64 { get; init; }

    /// <summary>Likewise after 128 tokens.</summary>
    public required double AccuracyAt128 { get; init; }

    /// <summary>
    /// Fits to windows. Radii, scale and accuracy are cross-validated: each half of the windows is measured against centroids of the other half.
    /// </summary>
    /// <param name="names">Names of the labels.</param>
    /// <param name="labels">Label of each window, as an index into the names; at least two windows of each.</param>
    /// <param name="probe">A probe that has seen the windows, of at least 128 tokens each.</param>
    public static LabelFit Of(IReadOnlyList<string> names, IReadOnlyList<int> labels, RoutingProbe probe)
    {
        int[] order = [.. Enumerable.Range(0, labels.Count).Select(window => labels.Take(window).Count(label => label == labels[window]))];
        Dictionary<int, float[]>[] halves = [.. Enumerable.Range(0, 2).Select(half => CentroidsOf(names.Count, labels, probe, window => order[window] % 2 != half))];
        Judged[] judged = [.. Enumerable.Range(0, labels.Count).SelectMany(window => Judge(window, labels[window], names.Count, halves[order[window] % 2], probe))];
        float[] radii = [.. Enumerable.Range(0, 2).SelectMany(late => Enumerable.Range(0, names.Count).Select(label => Radius(judged.Where(one => one.Late == (late == 1) && one.Label == label))))];
        double scale = s_scales.MaxBy(scale => judged.Sum(one => LogShare(one, RadiiOf(one), scale)));
        return new()
        {
            Names = [.. names],
            Centroids = CentroidsOf(names.Count, labels, probe, static _ => true).ToImmutableDictionary(),
            Radii = [.. radii],
            Scale = scale,
            AccuracyAt64 = Accuracy(late: false),
            AccuracyAt128 = Accuracy(late: true),
        };

        float[] RadiiOf(Judged one) => radii[(one.Late ? names.Count : 0)..][..names.Count];
        double Accuracy(bool late) => judged.Where(one => one.Late == late).Average(one => TextKind.Choose(one.Distances, RadiiOf(one), scale).Kind == one.Label ? 1.0 : 0);
    }

    private static Dictionary<int, float[]> CentroidsOf(int count, IReadOnlyList<int> labels, RoutingProbe probe, Func<int, bool> isIn)
    {
        Dictionary<int, float[]> centroids = [];
        foreach (int layer in probe.Layers)
        {
            IReadOnlyList<TextShares> texts = probe.TextsOf(layer);
            int experts = texts[0].Last!.Length;
            double[] sums = new double[count * experts];
            for (int window = 0; window < labels.Count; window++)
            {
                double[] of = texts[window].Last!;
                double all = of.Sum();
                for (int expert = 0; isIn(window) && expert < experts; expert++)
                    sums[labels[window] * experts + expert] += of[expert] / all;
            }

            centroids[layer] = [.. sums.Chunk(experts).SelectMany(static label => label.Select(sum => (float)(sum / label.Sum())))];
        }

        return centroids;
    }

    private static IEnumerable<Judged> Judge(int window, int label, int count, Dictionary<int, float[]> centroids, RoutingProbe probe)
    {
        yield return new(label, Late: false, Distances(static shares => shares.First!));
        yield return new(label, Late: true, Distances(static shares => shares.Second!));

        double[] Distances(Func<TextShares, double[]> at) => [.. Enumerable.Range(0, count).Select(kind => probe.Layers.Average(layer =>
        {
            double[] sums = at(probe.TextsOf(layer)[window]);
            return TextKind.Distance(sums, centroids[layer].AsSpan(kind * sums.Length, sums.Length));
        }))];
    }

    // Four standard deviations above the mean: nearly all texts of the label, even if the deviation is estimated from few.
    private static float Radius(IEnumerable<Judged> own)
    {
        double[] distances = [.. own.Select(static one => one.Distances[one.Label])];
        double mean = distances.Average(), squares = distances.Sum(distance => (distance - mean) * (distance - mean));
        return (float)Math.Min(1, mean + 4 * Math.Sqrt(squares / (distances.Length - 1)));
    }

    /// <summary>Log of the right label's share.</summary>
    private static double LogShare(Judged one, float[] radii, double scale)
    {
        double own = one.Distances[one.Label], none = radii[Array.IndexOf(one.Distances, one.Distances.Min())];
        return -Math.Log(one.Distances.Append(none).Sum(distance => Math.Exp((own - distance) / scale)));
    }

    private sealed record Judged(int Label, bool Late, double[] Distances);
}
