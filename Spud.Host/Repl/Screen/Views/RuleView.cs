using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>A line between two parts of the screen, as long as the view is.</summary>
internal sealed class RuleView : View
{
    private readonly Look _look;

    public RuleView(Look look)
    {
        _look = look;
        CanFocus = false;
    }

    protected override bool OnClearingViewport() => true;

    protected override bool OnDrawingContent(DrawContext? context)
    {
        SetAttribute(_look.Theme[Ink.Dim]);
        for (int row = 0; row < Viewport.Height; row++)
        {
            Move(0, row);
            AddStr(Viewport.Height > 1 ? "│" : new string('─', Viewport.Width));
        }

        return true;
    }
}
