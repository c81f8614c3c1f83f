using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Quality against compute: one point per pipeline with its interval, and the Pareto front.</summary>
internal static class FrontChart
{
    private const double Left = 58, Right = 400, Top = 28, Bottom = 250;

    public static XElement Draw(ComparisonResult result)
    {
        PipelineResult[] all = [.. result.Pipelines];
        HashSet<int> front = [.. Front(all)];
        Scale x = new(all.Select(Units), Left, Right, ticks: 4), y = new(all.SelectMany(Ends).Append(1).Append(result.Settings.ParityRatio), Bottom, Top);
        string best = string.Join(", ", front.Order().Select(CompareTable.Letter));
        Drawing drawing = new(Bottom + 42, "Quality against compute", $"Perplexity ratio of each pipeline over compute units per token; lower and further left is better. On the Pareto front: {best}.");
        drawing.AxisX(x, Top, Bottom, "CU per token");
        drawing.AxisY(y, Left, Right, "perplexity ratio, lower is better");
        drawing.Line("limit", Left, y.At(result.Settings.ParityRatio), Right, y.At(result.Settings.ParityRatio));
        // At the end away from the nearest pipeline.
        bool left = all.MinBy(pipeline => Math.Abs(Ratio(pipeline) - result.Settings.ParityRatio)) is { } near && x.At(Units(near)) > (Left + Right) / 2;
        drawing.Text($"parity {result.Settings.ParityRatio:0.00}", left ? Left + 5 : Right, y.At(result.Settings.ParityRatio) - 5, left ? "start" : "end");
        drawing.Path("front", front.OrderBy(i => Units(all[i])).ThenByDescending(i => Ratio(all[i])).Select(i => (x.At(Units(all[i])), y.At(Ratio(all[i])))));
        double[] offsets = Offsets([.. all.Select(pipeline => (x.At(Units(pipeline)), y.At(Ratio(pipeline))))]);
        for (int i = all.Length - 1; i >= 0; i--)
            Point(drawing, x.At(Units(all[i])), y, all[i], i, front.Contains(i), offsets[i]);

        return drawing.Svg;
    }

    /// <summary>Pipelines that are not dominated: no other is as cheap and better, or as good and cheaper.</summary>
    internal static IEnumerable<int> Front(IReadOnlyList<PipelineResult> all)
    {
        for (int i = 0; i < all.Count; i++)
        {
            (double units, double ratio) = (Units(all[i]), Ratio(all[i]));
            if (!all.Any(other => Units(other) <= units && Ratio(other) <= ratio && (Units(other) < units || Ratio(other) < ratio)))
                yield return i;
        }
    }

    private static void Point(Drawing drawing, double x, Scale y, PipelineResult pipeline, int index, bool front, double offset)
    {
        Interval ratio = pipeline.Quality.PerplexityRatio;
        if (ratio is { Low: { } low, High: { } high })
            drawing.Line(front ? "range" : "behind-range", x, y.At(low), x, y.At(high));

        drawing.Dot(front ? "dot" : "behind", x, y.At(ratio.Value), 6, $"{CompareTable.Letter(index)} {pipeline.Name}: ratio {FigureText.Ratio(ratio)}, {FigureText.Units(Units(pipeline))} CU per token");
        drawing.Text(CompareTable.Letter(index), x + 10 + offset, y.At(ratio.Value) - 6, "start", "strong");
    }

    // Letters of coinciding points are placed side by side.
    private static double[] Offsets((double X, double Y)[] points)
    {
        double[] offsets = new double[points.Length];
        for (int i = 1; i < points.Length; i++)
            offsets[i] = 15 * points[..i].Count(other => Math.Abs(other.X - points[i].X) < 14 && Math.Abs(other.Y - points[i].Y) < 12);

        return offsets;
    }

    private static double Units(PipelineResult pipeline) => pipeline.Compute.ComputeUnitsPerToken;

    private static double Ratio(PipelineResult pipeline) => pipeline.Quality.PerplexityRatio.Value;

    private static double[] Ends(PipelineResult pipeline) => pipeline.Quality.PerplexityRatio is { Low: { } low, High: { } high } ? [low, high] : [Ratio(pipeline)];
}
