using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>Rows of text that can be scrolled. Only changed rows are written; after clearing the screen, call <see cref="Forget"/>.</summary>
internal class RowsView : View
{
    private const int WheelRows = 3;

    private readonly Look _look;
    private (Line? Line, bool IsThumb)[] _drawn = [];
    private int _drawnColumns;
    private int _top;

    public RowsView(Look look)
    {
        _look = look;
        CanFocus = false;
    }

    /// <summary>A row was clicked.</summary>
    public event Action<int>? RowClicked;

    /// <summary>It was scrolled.</summary>
    public event Action? Scrolled;

    /// <summary>All rows.</summary>
    public IReadOnlyList<Line> Rows { get; private set; } = [];

    /// <summary>Whether new rows at the end are scrolled into view.</summary>
    public bool Follows { get; set; }

    /// <summary>The row at the top of the screen.</summary>
    public int Top => _top;

    /// <summary>Columns for text; the last column is the scroll bar's.</summary>
    public int TextColumns => Math.Max(2, Viewport.Width - 2);

    /// <summary>Whether the last row is visible.</summary>
    public bool IsAtEnd => _top >= LastTop;

    private int LastTop => Math.Max(0, Rows.Count - Viewport.Height);

    /// <summary>Shows rows; the scroll position is kept unless the end is followed.</summary>
    public void Show(IReadOnlyList<Line> rows)
    {
        Rows = rows;
        Refresh();
    }

    /// <summary>The rows have changed.</summary>
    public void Refresh()
    {
        _top = Follows ? LastTop : Math.Clamp(_top, 0, LastTop);
        SetNeedsDraw();
    }

    /// <summary>The screen was cleared: everything must be redrawn.</summary>
    public void Forget() => _drawn = [];

    /// <summary>Scrolls by rows; at the end, following resumes.</summary>
    public void Scroll(int rows) => ScrollTo(_top + rows);

    /// <summary>Scrolls so that a row is at the top, as far as there are rows.</summary>
    public void ScrollTo(int row)
    {
        _top = Math.Clamp(row, 0, LastTop);
        if (CanFollow)
            Follows = IsAtEnd;

        SetNeedsDraw();
        Scrolled?.Invoke();
    }

    /// <summary>Scrolls the minimum that makes a row visible.</summary>
    public void Reveal(int row)
    {
        if (row < _top)
            ScrollTo(row);
        else if (row >= _top + Viewport.Height)
            ScrollTo(row - Viewport.Height + 1);
    }

    /// <summary>Handles scrolling keys; false for others.</summary>
    public bool ScrollBy(Key key)
    {
        int page = Math.Max(1, Viewport.Height - 1);
        if (key == Key.PageUp)
            Scroll(-page);
        else if (key == Key.PageDown)
            Scroll(page);
        else if (key == Key.Home.WithCtrl)
            ScrollTo(0);
        else if (key == Key.End.WithCtrl)
            ScrollTo(int.MaxValue);
        else if (key == Key.CursorUp.WithCtrl)
            Scroll(-1);
        else if (key == Key.CursorDown.WithCtrl)
            Scroll(1);
        else
            return false;

        return true;
    }

    /// <summary>Whether scrolling to the end resumes following.</summary>
    protected virtual bool CanFollow => false;

    protected override bool OnClearingViewport() => true;

    protected override bool OnDrawingContent(DrawContext? context)
    {
        int height = Viewport.Height, width = Viewport.Width;
        int thumb = ThumbFrom(height), thumbEnd = thumb + ThumbRows(height);
        if (_drawn.Length != height || _drawnColumns != width)
            (_drawn, _drawnColumns) = (new (Line?, bool)[height], width);

        for (int row = 0; row < height; row++)
        {
            Line line = _top + row < Rows.Count ? Rows[_top + row] : Line.Empty;
            bool isThumb = thumb >= 0 && row >= thumb && row < thumbEnd;
            if (ReferenceEquals(_drawn[row].Line, line) && _drawn[row].IsThumb == isThumb)
                continue;

            _drawn[row] = (line, isThumb);
            Draw(row, line, width, isThumb);
        }

        return true;
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (mouse.Flags.HasFlag(MouseFlags.WheeledUp))
            Scroll(-WheelRows);
        else if (mouse.Flags.HasFlag(MouseFlags.WheeledDown))
            Scroll(WheelRows);
        else if (mouse.Flags.HasFlag(MouseFlags.LeftButtonPressed) && mouse.Position is { } place)
            Press(place.X, place.Y);
        else
            return false;

        return true;
    }

    private void Press(int column, int row)
    {
        if (column == Viewport.Width - 1 && LastTop > 0)
            ScrollTo((int)((long)row * LastTop / Math.Max(1, Viewport.Height - 1)));
        else
            RowClicked?.Invoke(_top + row);
    }

    private void Draw(int row, Line line, int width, bool isThumb)
    {
        Move(0, row);
        int room = width - 1;
        foreach (Run run in line.Runs)
        {
            string text = Graphemes.Columns(run.Text) <= room ? run.Text : Graphemes.Fit(run.Text, room);
            SetAttribute(_look.Theme[run.Ink]);
            AddStr(text);
            room -= Graphemes.Columns(text);
        }

        SetAttribute(_look.Theme[Ink.Normal]);
        AddStr(new string(' ', Math.Max(0, room)));
        SetAttribute(_look.Theme[Ink.Dim]);
        AddStr(isThumb ? "┃" : " ");
    }

    private int ThumbFrom(int height) => Rows.Count <= height || height == 0 ? -1 : (int)((long)_top * (height - ThumbRows(height)) / Math.Max(1, LastTop));

    private int ThumbRows(int height) => Math.Max(1, (int)((long)height * height / Math.Max(1, Rows.Count)));
}
