using System.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace Spud.Host.Repl.Screen;

/// <summary>The whole screen: title, conversation, side pane, message and status.</summary>
internal sealed partial class ReplScreen : Runnable
{
    private readonly ScreenLink _link;
    private readonly TranscriptView _transcript;
    private readonly RowsView _help;
    private readonly SidePane _pane;
    private readonly RuleView _paneRule;
    private readonly RuleView _inputRule;
    private readonly InputView _input;
    private readonly BarView _title;
    private readonly BarView _status;
    private readonly BarView _tooSmall;
    private readonly TurnPage _turnPage;
    private readonly PipelinePage _pipelinePage = new();
    private readonly PluginsPage _pluginsPage;
    private readonly WhyPage _whyPage = new();
    private readonly TimeProvider _time;
    private bool? _wantsPane;
    private readonly InputHistory _history;
    private bool _toldOfHistory;
    private bool _inPane;
    private bool _showsHelp;

    /// <param name="link">Connection to the session.</param>
    /// <param name="history">Input history.</param>
    /// <param name="look">Theme.</param>
    /// <param name="time">Times Ctrl-C, which ends the program when pressed twice within a second.</param>
    public ReplScreen(ScreenLink link, InputHistory history, Look look, TimeProvider time)
    {
        (_link, _time, _history) = (link, time, history);
        (_turnPage, _pluginsPage) = (new(new(look)), new(link.Plugins));
        _transcript = new(look);
        _help = new(look) { Visible = false };
        _pane = new(look, [_pipelinePage, _turnPage, _pluginsPage, _whyPage]);
        _paneRule = new(look);
        _inputRule = new(look);
        _input = new(look, history) { Hint = "Ask something, or type / for commands", Completer = Complete };
        _title = new(look) { Content = TitleLine };
        _status = new(look) { Content = StatusLine };
        _tooSmall = new(look) { Content = TooSmallLine, Visible = false };
        _input.Entered += Enter;
        _input.Grown += Arrange;
        _transcript.Scrolled += () => _status.Refresh();
        _pane.Left += () => Leave();
        _pane.Wanted += () => Go(toPane: true);
        _input.Wanted += () => Go(toPane: false);
        _pipelinePage.Entered += link.Enter;
        _pipelinePage.Typed += Type;
        Keys = Table();
        Add(_title, _transcript, _help, _paneRule, _pane, _inputRule, _input, _status, _tooSmall);
        ViewportChanged += (_, _) => Arrange();
    }

    /// <summary>Global key bindings.</summary>
    public IReadOnlyList<ScreenKey> Keys { get; }

    /// <summary>All key bindings.</summary>
    public IEnumerable<ScreenKey> AllKeys => [.. Keys, .. _input.Keys, .. _pane.AllKeys];

    protected override void OnIsModalChanged(bool newIsModal)
    {
        // The library quits on Escape and moves the focus with arrows; here only the key table counts.
        App?.Keyboard.KeyBindings.Clear();
        KeyBindings.Clear();
        _input.SetFocus();
    }

    protected override bool OnClearingViewport()
    {
        Forget();
        return false;
    }

    protected override bool OnDrawingContent(DrawContext? context) => true;

    protected override bool OnKeyDown(Key key) =>
        ScreenKey.Handle(Keys, key) || (_showsHelp ? _help : _transcript).ScrollBy(key) || (_inPane && InputView.IsText(key, out _) && TypeOn(key));

    /// <summary>The screen was cleared: everything must be redrawn.</summary>
    public void Forget()
    {
        _transcript.Forget();
        _help.Forget();
        _pane.Forget();
    }

    private void Arrange()
    {
        ScreenLayout layout = ScreenLayout.Of(Viewport.Size, _wantsPane, _input.WantedRows);
        Place(_title, layout.Title);
        Place(_transcript, _showsHelp ? Rectangle.Empty : layout.Transcript);
        Place(_help, _showsHelp ? layout.Transcript : Rectangle.Empty);
        Place(_paneRule, layout.PaneRule);
        Place(_pane, layout.Pane);
        Place(_inputRule, layout.InputRule);
        Place(_input, layout.Input);
        Place(_status, layout.Status);
        Place(_tooSmall, layout.TooSmall);
        if (_showsHelp)
            _help.Show(HelpPage.Rows(AllKeys, _help.TextColumns));
        if (_inPane && !layout.Pane.IsEmpty)
            _pane.SetFocus();
        else if (layout.TooSmall.IsEmpty)
            _input.SetFocus();
    }

    private static void Place(View view, Rectangle frame)
    {
        view.Visible = !frame.IsEmpty;
        if (!frame.IsEmpty && view.Frame != frame)
            view.Frame = frame;
    }

    private Line TooSmallLine(int columns) =>
        Line.Of(Graphemes.Fit($"{Viewport.Width}x{Viewport.Height} is too small: {ScreenLayout.MinColumns}x{ScreenLayout.MinRows} at least", columns), Ink.Warning);

    private void Leave()
    {
        if (ScreenLayout.PaneCovers(Viewport.Width))
            _wantsPane = null;

        _inPane = false;
        Arrange();
    }

    /// <summary>Typed text goes into the message, whatever has the focus.</summary>
    private bool TypeOn(Key key)
    {
        Leave();
        return _input.NewKeyDownEvent(key);
    }

    private void Go(bool toPane)
    {
        _inPane = toPane;
        Arrange();
    }

    private void ShowPage(int page)
    {
        bool isShown = _pane.Visible && _pane.Shown == page;
        if (isShown && _pane.HasFocus)
        {
            (_wantsPane, _inPane) = (false, false);
            Arrange();
            return;
        }

        OpenPage(page);
    }

    private void OpenPage(int page)
    {
        (_wantsPane, _showsHelp, _inPane) = (true, false, true);
        Arrange();
        _pane.Shown = page;
    }

    private void ToggleHelp()
    {
        _showsHelp = !_showsHelp;
        if (_showsHelp && ScreenLayout.PaneCovers(Viewport.Width))
            _wantsPane = null;

        _inPane = false;
        Arrange();
    }

    private void Type(string text)
    {
        Leave();
        _input.Set(text);
    }
}
