using System.Xml.Linq;

namespace Spud.Host;

/// <summary>Lines over time.</summary>
internal static class MarketChart
{
    private const double Left = 58, Right = 396, Top = 28, Bottom = 200;

    /// <summary>Draws one line for each series, in the styles of <see cref="Drawing.Series"/>.</summary>
    public static XElement Draw(string title, string unit, IReadOnlyList<double> seconds, IReadOnlyList<(string Name, double[] Values)> series)
    {
        Scale x = new(seconds, Left, Right, fromZero: true, ticks: 4), y = new(series.SelectMany(static line => line.Values), Bottom, Top, fromZero: true, ticks: 4);
        Drawing drawing = new(Bottom + 42, title, string.Join("; ", series.Select(line => $"{line.Name}: at most {line.Values.DefaultIfEmpty().Max():0.###}, {line.Values.LastOrDefault():0.###} at the end")));
        drawing.AxisX(x, Top, Bottom, "seconds");
        drawing.AxisY(y, Left, Right, unit);
        for (int i = series.Count - 1; i >= 0; i--)
            drawing.Path(Drawing.Series(i), seconds.Select((at, k) => (x.At(at), y.At(series[i].Values[k]))));
        return drawing.Svg;
    }
}
