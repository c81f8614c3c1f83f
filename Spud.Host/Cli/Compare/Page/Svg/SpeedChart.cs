using System.Xml.Linq;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Tokens per second: a bar up to the median, a line from minimum to maximum, and every measurement.</summary>
internal static class SpeedChart
{
    private const double Left = 28, Right = 404, Top = 10, RowHeight = 34, BarHeight = 16;

    public static XElement Draw(ComparisonResult result, string title, Func<SpeedFigures, Spread> of)
    {
        Spread[] all = [.. result.Pipelines.Select(pipeline => of(pipeline.Speed!))];
        double bottom = Top + RowHeight * all.Length;
        Scale x = new(all.Select(spread => spread.High), Left, Right, fromZero: true);
        Drawing drawing = new(bottom + 42, title, string.Join("; ", all.Select((spread, i) => $"{CompareTable.Letter(i)}: median {spread.Median:0.0}, {spread.Low:0.0} to {spread.High:0.0}")));
        drawing.AxisX(x, Top, bottom, "tokens per second");
        foreach ((int row, Spread spread) in all.Index())
        {
            double middle = Top + row * RowHeight + RowHeight / 2;
            drawing.Text(CompareTable.Letter(row), 0, middle + 4, "start", "strong");
            drawing.Box("bar", Left, middle - BarHeight / 2, x.At(spread.Median) - Left, BarHeight, $"{CompareTable.Letter(row)}: median {spread.Median:0.0}", round: 2);
            drawing.Line("range", x.At(spread.Low), middle, x.At(spread.High), middle);
            foreach (double sample in spread.Samples)
                drawing.Dot("dot", x.At(sample), middle, 3.5, $"{sample:0.0}");
        }

        return drawing.Svg;
    }
}
