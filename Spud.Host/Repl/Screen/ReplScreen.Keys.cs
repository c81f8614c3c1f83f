using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>Keys and typed lines.</summary>
internal sealed partial class ReplScreen
{
    /// <summary>A second Ctrl-C within this time ends the program.</summary>
    private static readonly TimeSpan s_twice = TimeSpan.FromSeconds(1);

    private long? _interrupted;

    /// <summary>The user wants to leave.</summary>
    public event Action? Quit;

    /// <summary>The user suspends the program.</summary>
    public event Action? Suspended;

    /// <summary>The user asks for a redraw.</summary>
    public event Action? Redrawn;

    private void Enter(string line)
    {
        (_showsHelp, _inPane) = (false, false);
        Arrange();
        _transcript.ScrollTo(int.MaxValue);
        _link.Enter(line);
        _status.Refresh();
        if (_history.Fault is { } fault && !_toldOfHistory)
            _transcript.Add(EntryKind.Warning, $"Messages are not remembered: {fault}");

        _toldOfHistory |= _history.Fault is not null;
    }

    private Completion? Complete(string text, int caret)
    {
        IReadOnlyList<string> lines = _link.Complete(text[..caret]);
        if (lines.Count == 0)
            return null;

        // Completions are whole lines; only the part after the last space is shown and replaced.
        int begin = text.LastIndexOf(' ', Math.Max(0, caret - 1)) + 1;
        return lines.All(line => line.Length >= begin && line.AsSpan(0, begin).Equals(text.AsSpan(0, begin), StringComparison.OrdinalIgnoreCase))
            ? new(begin, caret, [.. lines.Select(line => new Candidate(ShownText.OneLine(line[begin..]), Describe(line)))])
            : new(0, caret, [.. lines.Select(line => new Candidate(ShownText.OneLine(line), Describe(line)))]);
    }

    private string Describe(string line)
    {
        if (line.StartsWith('/') && !line.Contains(' '))
            return Commands.CommandList.Find(line[1..])?.Help ?? "";

        // "/set cache.format=": its description or allowed values.
        string path = line[(line.LastIndexOf(' ') + 1)..].TrimEnd('=');
        return _pipeline?.Settings[path] is { } setting ? ShownText.OneLine(setting.Description.Length > 0 ? setting.Description : setting.Allowed.IsEmpty ? setting.Expected : string.Join(", ", setting.Allowed)) : "";
    }

    private bool Interrupt()
    {
        long now = _time.GetTimestamp();
        bool again = _interrupted is { } before && _time.GetElapsedTime(before, now) < s_twice;
        _interrupted = now;
        if (again)
        {
            Quit?.Invoke();
            return true;
        }

        string dropped = _link.Waiting() switch
        {
            0 => "",
            1 => " · 1 waiting message dropped",
            int waiting => $" · {waiting} waiting messages dropped",
        };
        if (_link.IsBusy())
            _link.Cancel();

        _input.Set("");
        Tell($"Ctrl-C again ends{dropped}", s_twice);
        return true;
    }

    private bool Escape()
    {
        if (_showsHelp)
            ToggleHelp();
        else if (_link.IsBusy())
            _link.Cancel();
        else
            return false;

        return true;
    }

    private bool EndOfInput()
    {
        if (!_input.IsEmpty)
            return false;

        Quit?.Invoke();
        return true;
    }

    private void ToPane()
    {
        if (_pane.HasFocus)
            Leave();
        else
            ShowPage(_pane.Shown);
    }

    private ScreenKey[] Table() =>
    [
        new(Key.F1, "F1", "This page", ToggleHelp),
        new(Key.F2, "F2", "Side pane: the pipeline, to view and to change; again: close it", () => ShowPage(0)),
        new(Key.F3, "F3", "Side pane: what the last answer cost", () => ShowPage(1)),
        new(Key.F4, "F4", "Side pane: the plugins", () => ShowPage(2)),
        new(Key.F5, "F5", "Side pane: the last answer token by token", () => ShowPage(3)),
        new([Key.F6, Key.Tab.WithShift], "F6", "From the message to the side pane and back", ScreenKey.Always(ToPane)),
        new([Key.C.WithCtrl], "Ctrl+C", "Stop the answer and clear the message; twice within a second: end", Interrupt),
        new([Key.Esc], "Esc", "Close completions or this page, or stop the answer", Escape),
        new([Key.D.WithCtrl], "Ctrl+D", "End, if nothing is typed", EndOfInput),
        new([Key.PageUp], "PageUp, PageDown", "Scroll the conversation", () => false),
        new([Key.CursorUp.WithCtrl], "Ctrl+Up, Ctrl+Down", "Scroll it by a row", () => false),
        new([Key.Home.WithCtrl], "Ctrl+Home, Ctrl+End", "To its beginning, or to its end and follow it", () => false),
        new(Key.L.WithCtrl, "Ctrl+L", "Redraw the screen", () => Redrawn?.Invoke()),
        new(Key.Z.WithCtrl, "Ctrl+Z", "To the shell; fg comes back", () => Suspended?.Invoke()),
    ];
}
