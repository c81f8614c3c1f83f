using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>Tabbed pages, to the right of the conversation or in its place.</summary>
internal sealed class SidePane : View
{
    private readonly IReadOnlyList<PanePage> _pages;
    private readonly RowsView _rows;
    private readonly BarView _tabs;
    private PaneFigure? _figure;
    private int _shown;

    public SidePane(Look look, IReadOnlyList<PanePage> pages)
    {
        _pages = pages;
        CanFocus = true;
        KeyBindings.Clear();
        _tabs = new(look) { Content = Tabs, Width = Dim.Fill() };
        _tabs.Clicked += ClickTab;
        _rows = new(look) { X = 1, Y = 2, Width = Dim.Fill(), Height = Dim.Fill() };
        _rows.RowClicked += Click;
        _rows.FrameChanged += (_, _) => Refresh();
        _rows.Scrolled += PlaceFigure;
        RuleView rule = new(look) { Y = 1, Width = Dim.Fill(), Height = 1 };
        Add(_tabs, rule, _rows);
        foreach (PanePage page in pages)
            page.Changed += () => Changed(page);

        HasFocusChanged += (_, _) => Focus();
        Keys = Table();
    }

    /// <summary>It was clicked.</summary>
    public event Action? Wanted;

    /// <summary>The user returns to the message.</summary>
    public event Action? Left;

    /// <summary>Key bindings of all pages.</summary>
    public IReadOnlyList<ScreenKey> Keys { get; }

    /// <summary>Key bindings of the pane and its pages.</summary>
    public IEnumerable<ScreenKey> AllKeys => [.. Keys, .. _pages.SelectMany(page => page.Keys)];

    /// <summary>The visible page.</summary>
    public int Shown
    {
        get => _shown;
        set
        {
            _shown = Math.Clamp(value, 0, _pages.Count - 1);
            _rows.ScrollTo(0);
            _tabs.Refresh();
            Focus();
            Refresh();
        }
    }

    /// <summary>The screen was cleared: everything must be redrawn.</summary>
    public void Forget() => _rows.Forget();

    protected override bool OnClearingViewport() => true;

    protected override bool OnKeyDown(Key key) => _pages[_shown].Press(key) || ScreenKey.Handle(Keys, key) || _rows.ScrollBy(key);

    private void Focus()
    {
        for (int i = 0; i < _pages.Count; i++)
            _pages[i].IsFocused = HasFocus && i == _shown;

        _tabs.SetNeedsDraw();
    }

    private void Changed(PanePage page)
    {
        if (ReferenceEquals(page, _pages[_shown]))
            Refresh();
    }

    private void Refresh()
    {
        if (!Visible)
            return;

        _rows.Show(_pages[_shown].Rows(_rows.TextColumns));
        ShowFigure(_pages[_shown].Figure);
        if (_pages[_shown].SelectedRow is { } row)
            _rows.Reveal(row);
    }

    private void ShowFigure(PaneFigure? figure)
    {
        if (_figure is { } before && before.View != figure?.View)
            _rows.Remove(before.View);
        if (figure is not null && figure.View.SuperView is null)
            _rows.Add(figure.View);

        _figure = figure;
        PlaceFigure();
    }

    private void PlaceFigure()
    {
        if (_figure is { } figure)
            figure.View.Frame = new(0, figure.Row - _rows.Top, _rows.TextColumns, figure.Rows);
    }

    private void Click(int row)
    {
        // First, because the page may look different when it has the focus.
        _pages[_shown].Click(row);
        Wanted?.Invoke();
    }

    private Line Tabs(int columns)
    {
        List<Run> runs = [];
        for (int i = 0; i < _pages.Count; i++)
        {
            bool isShown = i == _shown;
            runs.Add(new(isShown ? $"[{_pages[i].Title}]" : $" {_pages[i].Title} ", isShown ? HasFocus ? Ink.Selected : Ink.Accent : Ink.Dim));
            runs.Add(new(" "));
        }

        return new(runs);
    }

    private void ClickTab(int column)
    {
        Wanted?.Invoke();
        int from = 0;
        for (int i = 0; i < _pages.Count; i++)
        {
            int to = from + Graphemes.Columns(_pages[i].Title) + 3;
            if (column >= from && column < to)
                Shown = i;

            from = to;
        }
    }

    private bool Scroll(int rows)
    {
        if (_pages[_shown].SelectedRow is not null)
            return false;

        _rows.Scroll(rows);
        return true;
    }

    private ScreenKey[] Table() =>
    [
        new([Key.CursorUp], "Up, Down", "In the pane: choose a line, or scroll", () => Scroll(-1)),
        new([Key.CursorDown], "", "", () => Scroll(1)),
        new([Key.CursorRight], "Left, Right", "In the pane: the tab before or after", ScreenKey.Always(() => Shown = (_shown + 1) % _pages.Count)),
        new([Key.CursorLeft], "", "", ScreenKey.Always(() => Shown = (_shown + _pages.Count - 1) % _pages.Count)),
        new([Key.Esc, Key.Tab, Key.Tab.WithShift], "Esc, Tab", "In the pane: back to the message", ScreenKey.Always(() => Left?.Invoke())),
    ];
}
