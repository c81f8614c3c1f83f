using System.Drawing;
using Terminal.Gui.Drivers;
using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>Drawing: completions above the message, the text or the search, and the caret.</summary>
internal sealed partial class InputView
{
    private const string Prompt = "❯ ";
    private const int PromptColumns = 2;

    private InputRows? _rows;
    private int _top;

    private int Columns => Math.Max(2, Viewport.Width - PromptColumns - 1);

    protected override bool OnDrawingContent(DrawContext? context)
    {
        int candidates = Math.Min(_menu.Rows, Math.Max(0, Viewport.Height - 1));
        for (int row = 0; row < candidates; row++)
            Write(0, row, _menu.Row(row, Columns));

        InputRows rows = _rows ??= new(_text, Columns);
        int height = Math.Max(1, Viewport.Height - candidates);
        _top = Math.Clamp(_top, Math.Max(0, rows.CaretRow - height + 1), rows.CaretRow);
        for (int row = 0; row < height && _top + row < rows.Count; row++)
            Write(0, candidates + row, [new(_top + row == 0 ? Prompt : "  ", Ink.Accent), .. rows[_top + row]]);

        if (_search.IsActive)
            Write(PromptColumns, candidates, [.. _search.Shown]);
        else if (_text.IsEmpty && Hint.Length > 0)
            Write(PromptColumns, candidates, [new(Graphemes.Fit(Hint, Columns), Ink.Dim)]);

        PlaceCaret(candidates, rows);
        return true;
    }

    private void PlaceCaret(int candidates, InputRows rows)
    {
        int column = _search.IsActive ? Math.Min(Viewport.Width - 1, PromptColumns + _search.CaretColumn) : PromptColumns + rows.CaretColumn;
        Point place = ViewportToScreen(new Point(column, candidates + rows.CaretRow - _top));
        Cursor = new() { Position = HasFocus ? place : null, Style = HasFocus ? CursorStyle.SteadyBar : CursorStyle.Hidden };
        SetCursorNeedsUpdate();
    }

    private void Write(int column, int row, IReadOnlyList<Run> runs)
    {
        Move(column, row);
        foreach (Run run in runs)
        {
            SetAttribute(_look.Theme[run.Ink]);
            AddStr(run.Text);
        }

        SetAttribute(_look.Theme[Ink.Normal]);
    }
}
