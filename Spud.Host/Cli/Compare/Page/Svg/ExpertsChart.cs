using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Average experts per token, by layer and pipeline; darker means more.</summary>
internal static class ExpertsChart
{
    private const double Left = 28, Right = 412, Top = 6, MaxRowHeight = 30;

    /// <summary>Whether there is anything to show: a layer that is not a plain dense one.</summary>
    public static bool IsWorthIt(ComparisonResult result) => result.Pipelines.Any(pipeline => pipeline.Compute.ExpertsByLayer.Any(experts => experts != 1));

    /// <summary>Number of layers of the deepest model.</summary>
    public static int Layers(ComparisonResult result) => result.Pipelines.Max(pipeline => pipeline.Compute.ExpertsByLayer.Length);

    public static XElement Draw(ComparisonResult result)
    {
        double most = result.Pipelines.Max(pipeline => pipeline.Compute.ExpertsByLayer.Max());
        int layers = Layers(result);
        double bottom = Top + MaxRowHeight * result.Pipelines.Length;
        Drawing drawing = new(bottom + 62, "Experts by layer", $"Average number of experts of a token in each of {layers} layers: {string.Join("; ", result.Pipelines.Select((pipeline, i) => $"{CompareTable.Letter(i)} {pipeline.Compute.ExpertsByLayer.Average():0.00} on average"))}.");
        double width = (Right - Left) / layers;
        foreach ((int row, PipelineResult pipeline) in result.Pipelines.Index())
            Row(drawing, pipeline, row, width, most);

        int every = Math.Max(1, (layers + 11) / 12);
        for (int layer = 0; layer < layers; layer += every)
            drawing.Text($"{layer}", Left + (layer + 0.5) * width, bottom + 16, "middle");

        drawing.Text("layer", (Left + Right) / 2, bottom + 32, "middle");
        Legend(drawing, most, bottom + 48);
        return drawing.Svg;
    }

    private static void Row(Drawing drawing, PipelineResult pipeline, int row, double width, double most)
    {
        double y = Top + row * MaxRowHeight;
        drawing.Text(CompareTable.Letter(row), 0, y + MaxRowHeight / 2 + 4, "start", "strong");
        foreach ((int layer, double experts) in pipeline.Compute.ExpertsByLayer.Index())
        {
            drawing.Box("cell", Left + layer * width, y, width, MaxRowHeight - 2, $"{CompareTable.Letter(row)}, layer {layer}: {experts:0.00} experts per token", Opacity(experts, most), round: 2);
            if (width >= 34)
                drawing.Text($"{experts:0.00}", Left + (layer + 0.5) * width, y + MaxRowHeight / 2 + 3, "middle", "value");
        }
    }

    private static void Legend(Drawing drawing, double most, double y)
    {
        const int Steps = 8;
        drawing.Text("0", Right - 8 * 12 - 26, y + 9, "end");
        for (int i = 0; i < Steps; i++)
            drawing.Box("cell", Right - 8 * 12 - 20 + i * 12, y, 12, 10, "", Opacity(most * (i + 1) / Steps, most));

        drawing.Text($"{most:0.#}", Right, y + 9, "end");
    }

    private static double Opacity(double experts, double most) => most > 0 ? 0.06 + 0.64 * experts / most : 0.06;
}
