using System.Drawing;
using System.Text;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace Spud.Host.Repl.Screen;

/// <summary>Tokens per second over the time of an answer. One unit of the graph is one cell, so that labels align with the ends of bars.</summary>
internal sealed class SpeedGraph : GraphView, ISeries
{
    /// <summary>Rows of bars, the axis and its labels.</summary>
    public const int GraphRows = BarRows + 2;

    private const int BarRows = 4;
    private const int LabelColumns = 5;
    private const int ColumnsBetweenLabels = 10;
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    private readonly Look _look;
    private double[] _times = [];
    private double _perRow;
    private double[] _speeds = [];

    public SpeedGraph(Look look)
    {
        _look = look;
        CanFocus = false;
        KeyBindings.Clear();
        (MarginLeft, MarginBottom) = (LabelColumns, 1);
        AxisY.ShowLabelsEvery = 1;
        AxisY.LabelGetter = row => $"{row.Value * _perRow:0.##}";
        AxisX.ShowLabelsEvery = 1;
        Series.Add(this);
    }

    /// <summary>Shows the arrival times of tokens; returns whether there are enough of them.</summary>
    public bool Show(IReadOnlyList<TurnToken> tokens)
    {
        _times = tokens.Count == 0 ? [] : [.. tokens.Select(token => (token.At - tokens[0].At).TotalSeconds)];
        SetNeedsDraw();
        return _times.Length >= 5 && _times[^1] > 0;
    }

    public void DrawSeries(GraphView graph, Rectangle drawBounds, RectangleF graphBounds)
    {
        SetAttribute(_look.Theme[Ink.Accent]);
        for (int column = 0; column < _speeds.Length; column++)
        {
            for (int row = 0; row < BarRows; row++)
            {
                int eighths = (int)Math.Round((_speeds[column] / _perRow - row) * 8);
                if (eighths > 0)
                    AddRune(LabelColumns + 1 + column, BarRows - 1 - row, (Rune)Eighths[Math.Min(eighths, 8)]);
            }
        }
    }

    protected override bool OnClearingViewport() => true;

    protected override bool OnDrawingContent(DrawContext? context)
    {
        GraphColor = _look.Theme[Ink.Dim];
        Scale(Math.Max(1, Viewport.Width - LabelColumns - 1));
        return base.OnDrawingContent(context);
    }

    private void Scale(int columns)
    {
        double perColumn = _times[^1] / columns, between = Round(ColumnsBetweenLabels * perColumn);
        _speeds = SpeedOver(_times, columns);
        _perRow = Round(_speeds.Max() / BarRows);
        AxisX.Increment = (float)(between / perColumn);
        AxisX.LabelGetter = column => Label(column.Value * perColumn, between) is var label && column.ScreenLocation + (label.Length + 1) / 2 <= Viewport.Width ? label : "";
    }

    /// <summary>A time on an axis whose labels are some time apart.</summary>
    internal static string Label(double seconds, double between) => between < 0.1 ? $"{1000 * seconds:0.##}ms" : $"{seconds:0.##}s";

    /// <summary>Tokens per second in equal intervals; each token is spread evenly over the time since the previous one.</summary>
    internal static double[] SpeedOver(double[] times, int parts)
    {
        double[] counts = [.. Enumerable.Range(0, parts + 1).Select(part => CountAt(times, times[^1] * part / parts))];
        return [.. Enumerable.Range(0, parts).Select(part => (counts[part + 1] - counts[part]) * parts / times[^1])];
    }

    private static double CountAt(double[] times, double time)
    {
        int next = Array.FindIndex(times, at => at >= time);
        if (next <= 0)
            return next == 0 ? 0 : times.Length - 1;

        double gap = times[next] - times[next - 1];
        return next - 1 + (gap > 0 ? (time - times[next - 1]) / gap : 1);
    }

    // The next larger of 1, 1.5, 2, 3, 5, 10, 15, …
    private static double Round(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * (value / power) switch { <= 1 => 1, <= 1.5 => 1.5, <= 2 => 2, <= 3 => 3, <= 5 => 5, _ => 10 };
    }
}
