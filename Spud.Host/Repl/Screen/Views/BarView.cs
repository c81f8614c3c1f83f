using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>One row of text, such as the title or the status.</summary>
internal sealed class BarView : View
{
    private readonly Look _look;
    private Line _line = Line.Empty;

    public BarView(Look look)
    {
        _look = look;
        CanFocus = false;
        Height = 1;
    }

    /// <summary>Creates the row for a width.</summary>
    public required Func<int, Line> Content { get; init; }

    /// <summary>A column was clicked.</summary>
    public event Action<int>? Clicked;

    /// <summary>Redraws the content if it has changed.</summary>
    public void Refresh()
    {
        Line line = Content(Viewport.Width);
        if (line.Runs.SequenceEqual(_line.Runs))
            return;

        _line = line;
        SetNeedsDraw();
    }

    protected override bool OnClearingViewport() => true;

    protected override bool OnDrawingContent(DrawContext? context)
    {
        _line = Content(Viewport.Width);
        Move(0, 0);
        int room = Viewport.Width;
        foreach (Run run in _line.Runs)
        {
            string text = Graphemes.Fit(run.Text, room);
            SetAttribute(_look.Theme[run.Ink]);
            AddStr(text);
            room -= Graphemes.Columns(text);
        }

        SetAttribute(_look.Theme[Ink.Normal]);
        AddStr(new string(' ', Math.Max(0, room)));
        return true;
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (!mouse.Flags.HasFlag(MouseFlags.LeftButtonPressed) || mouse.Position is not { } place)
            return false;

        Clicked?.Invoke(place.X);
        return true;
    }
}
