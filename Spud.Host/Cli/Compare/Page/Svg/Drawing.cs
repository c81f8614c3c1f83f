using System.Xml.Linq;
using static Spud.Host.Html;

namespace Spud.Host;

/// <summary>A picture with a title and a description for screen readers. It is narrow, so that its text can be read on a phone.</summary>
internal sealed class Drawing
{
    /// <summary>Width in units; on a phone about as many pixels.</summary>
    public const double Width = 420;

    private readonly XElement _svg;

    public Drawing(double height, string title, string description) =>
        _svg = Element("svg", With("viewBox", $"0 0 {Number(Width)} {Number(height)}"), With("role", "img"), With("aria-label", $"{title}. {description}"), Element("title", title), Element("desc", description));

    /// <summary>The line style of a pipeline; styles repeat after the sixth.</summary>
    public static string Series(int pipeline) => $"series-{pipeline % 6}";

    public XElement Svg => _svg;

    public void Line(string style, double x1, double y1, double x2, double y2) =>
        Add("line", With("class", style), With("x1", Number(x1)), With("y1", Number(y1)), With("x2", Number(x2)), With("y2", Number(y2)));

    public void Path(string style, IEnumerable<(double X, double Y)> points) =>
        Add("polyline", With("class", style), With("points", string.Join(' ', points.Select(point => $"{Number(point.X)},{Number(point.Y)}"))));

    public void Dot(string style, double x, double y, double radius, string tip) =>
        Add("circle", With("class", style), With("cx", Number(x)), With("cy", Number(y)), With("r", Number(radius)), Element("title", tip));

    public void Box(string style, double x, double y, double width, double height, string tip, double? opacity = null, double round = 0) => Add(
        "rect", With("class", style), With("x", Number(x)), With("y", Number(y)), With("width", Number(Math.Max(width, 0))), With("height", Number(height)),
        round > 0 ? With("rx", Number(round)) : null, opacity is { } of ? With("fill-opacity", Number(of)) : null, tip.Length > 0 ? Element("title", tip) : null);

    /// <summary>Draws a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="x">Horizontal position.</param>
    /// <param name="y">Position of the baseline.</param>
    /// <param name="anchor">"start", "middle" or "end".</param>
    /// <param name="style">A class; null for none.</param>
    public void Text(string text, double x, double y, string anchor = "start", string? style = null) =>
        Add("text", With("x", Number(x)), With("y", Number(y)), With("text-anchor", anchor), style is null ? null : With("class", style), text);

    /// <summary>A horizontal axis with a grid.</summary>
    public void AxisX(Scale scale, double top, double bottom, string title)
    {
        foreach ((double value, string label) in scale.Ticks)
        {
            Line("grid", scale.At(value), top, scale.At(value), bottom);
            Text(label, scale.At(value), bottom + 16, "middle");
        }

        Text(title, (scale.At(scale.Low) + scale.At(scale.High)) / 2, bottom + 34, "middle");
    }

    /// <summary>A vertical axis with a grid.</summary>
    public void AxisY(Scale scale, double left, double right, string title)
    {
        foreach ((double value, string label) in scale.Ticks)
        {
            Line("grid", left, scale.At(value), right, scale.At(value));
            Text(label, left - 7, scale.At(value) + 4, "end");
        }

        Text(title, 0, 12);
    }

    private void Add(string name, params object?[] content) => _svg.Add(Element(name, content));
}
