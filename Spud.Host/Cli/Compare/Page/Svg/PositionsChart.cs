using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Perplexity by position in the text: one line per pipeline.</summary>
internal static class PositionsChart
{
    private const double Left = 58, Right = 396, Top = 28, Bottom = 230;

    public static XElement Draw(ComparisonResult result)
    {
        PositionFigures[] positions = [.. result.Positions!.Value];
        Scale x = new(positions.Select(Middle), Left, Right, ticks: 4), y = new(positions.SelectMany(at => at.Pipelines).Select(of => of.Perplexity.Value), Bottom, Top);
        Drawing drawing = new(Bottom + 42, "Perplexity by position", string.Join("; ", result.Pipelines.Select((_, i) =>
            $"{CompareTable.Letter(i)}: {positions[0].Pipelines[i].Perplexity.Value:0.00} from position {positions[0].FirstPosition} on, {positions[^1].Pipelines[i].Perplexity.Value:0.00} up to position {positions[^1].LastPosition}")));
        drawing.AxisX(x, Top, Bottom, "position in the text");
        drawing.AxisY(y, Left, Right, "perplexity, lower is better");
        for (int i = result.Pipelines.Length - 1; i >= 0; i--)
        {
            drawing.Path(Drawing.Series(i), positions.Select(at => (x.At(Middle(at)), y.At(at.Pipelines[i].Perplexity.Value))));
            foreach (PositionFigures at in positions)
                drawing.Dot(Drawing.Series(i), x.At(Middle(at)), y.At(at.Pipelines[i].Perplexity.Value), 3.5, $"{CompareTable.Letter(i)}, positions {at.FirstPosition} to {at.LastPosition}: {at.Pipelines[i].Perplexity.Value:0.000}");
        }

        return drawing.Svg;
    }

    private static double Middle(PositionFigures at) => (at.FirstPosition + at.LastPosition) / 2.0;
}
