using System.Drawing;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>Where messages are typed. It grows with the text, and shows what it may go on with above it.</summary>
internal sealed class InputView : View
{
    private const string Prompt = "❯ ";
    private const int PromptColumns = 2;
    private const int MaxCandidates = 8;

    private readonly Look _look;
    private readonly InputHistory _history;
    private readonly InputText _text = new();
    private readonly HistorySearch _search;
    private InputRows? _rows;
    private int _top;
    private Completion? _completion;
    private int _chosen = -1;

    public InputView(Look look, InputHistory history)
    {
        (_look, _history, _search) = (look, history, new(history));
        CanFocus = true;
        KeyBindings.Clear();
        Keys = Table();
        FrameChanged += (_, _) => Update();
    }

    /// <summary>A message is complete.</summary>
    public event Action<string>? Entered;

    /// <summary>It was clicked.</summary>
    public event Action? Wanted;

    /// <summary>It wants another number of rows.</summary>
    public event Action? Grown;

    /// <summary>Finds what a text may go on with; null: nothing.</summary>
    public Func<string, int, Completion?> Completer { get; set; } = static (_, _) => null;

    /// <summary>What keys do here.</summary>
    public IReadOnlyList<ScreenKey> Keys { get; }

    /// <summary>Shown while nothing is typed.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Rows that it would like to have.</summary>
    public int WantedRows { get; private set; } = 1;

    /// <summary>Whether nothing is typed.</summary>
    public bool IsEmpty => _text.IsEmpty;

    /// <summary>What is typed.</summary>
    public string Typed => _text.Text;

    private int CandidateRows => _completion is { } completion ? Math.Min(MaxCandidates, completion.Candidates.Count) : 0;

    /// <summary>Whether a key is a character, and which.</summary>
    public static bool IsText(Key key, out string typed)
    {
        typed = key is { IsAlt: false, IsCtrl: false } ? key.AsGrapheme ?? "" : "";
        return typed.Length > 0 && !char.IsControl(typed[0]);
    }

    /// <summary>Puts a text in the place of what is typed.</summary>
    public void Set(string text)
    {
        _text.Set(text);
        Changed();
    }

    

    protected override bool OnKeyDown(Key key)
    {
        if (_search.IsActive && SearchKey(key))
            return true;
        if (ScreenKey.Handle(Keys, key))
            return true;
        if (!IsText(key, out string typed))
            return false;

        _text.Insert(typed);
        Changed();
        return true;
    }

    protected override bool OnPaste(string text)
    {
        _search.End();
        _text.Paste(text);
        Changed();
        return true;
    }

    // What the library takes out of a paste is what this editor keeps: line breaks.
    protected override string OnSanitizingPaste(string raw) => raw;

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (!mouse.Flags.HasFlag(MouseFlags.LeftButtonPressed) || mouse.Position is not { } place)
            return false;

        Wanted?.Invoke();
        if (place.Y < CandidateRows)
        {
            Choose(FirstCandidate() + place.Y);
            Accept();
        }
        else if (_rows is not null)
        {
            _text.MoveTo(_rows.PlaceAt(_top + place.Y - CandidateRows, place.X - PromptColumns));
            Moved();
        }

        return true;
    }

    protected override bool OnDrawingContent(DrawContext? context)
    {
        int candidates = DrawCandidates();
        InputRows rows = _rows ??= new(_text, Columns);
        int height = Math.Max(1, Viewport.Height - candidates);
        _top = Math.Clamp(_top, Math.Max(0, rows.CaretRow - height + 1), rows.CaretRow);
        for (int row = 0; row < height && _top + row < rows.Count; row++)
        {
            Write(0, candidates + row, [new(_top + row == 0 ? Prompt : "  ", Ink.Accent), .. rows[_top + row]]);
        }

        if (_search.IsActive)
            Write(PromptColumns, candidates, [.. _search.Shown]);
        else if (_text.IsEmpty && Hint.Length > 0)
            Write(PromptColumns, candidates, [new(Graphemes.Fit(Hint, Columns), Ink.Dim)]);

        PlaceCaret(candidates, rows);
        return true;
    }

    private int Columns => Math.Max(2, Viewport.Width - PromptColumns - 1);

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

    private int FirstCandidate() => Math.Max(0, Math.Min(_chosen - MaxCandidates / 2, (_completion?.Candidates.Count ?? 0) - MaxCandidates));

    private int DrawCandidates()
    {
        if (_completion is not { } completion)
            return 0;

        int rows = Math.Min(CandidateRows, Math.Max(0, Viewport.Height - 1)), first = FirstCandidate();
        int width = Math.Min(completion.Candidates.Max(candidate => Graphemes.Columns(candidate.Text)), Math.Max(8, Columns / 2));
        for (int row = 0; row < rows; row++)
        {
            Candidate candidate = completion.Candidates[first + row];
            bool isChosen = first + row == _chosen;
            string sign = isChosen ? "▸ " : "  ";
            Write(0, row, [new($"{sign}{Graphemes.Exactly(candidate.Text, width)}", isChosen ? Ink.Selected : Ink.Accent), new("  "), new(Graphemes.Fit(candidate.Description, Math.Max(0, Columns - width - 4)), Ink.Dim)]);
        }

        return rows;
    }

    private bool SearchKey(Key key)
    {
        if (key == Key.R.WithCtrl)
            _search.Older();
        else if (key == Key.Backspace)
            _search.Shorten();
        else if (key == Key.Esc || key == Key.C.WithCtrl)
            _search.End();
        else if (IsText(key, out string typed))
            _search.Lengthen(typed);
        else
        {
            // Any other key takes what was found, and then does what it does.
            if (_search.Found is { } found)
                _text.Set(found);

            _search.End();
            Changed();
            return key == Key.Enter || key == Key.Tab;
        }

        SetNeedsDraw();
        return true;
    }

    private bool Enter()
    {
        if (_completion is not null && _chosen >= 0)
        {
            Accept();
            return true;
        }

        string text = _text.Text;
        if (InputBlock.IsContinued(text) && _text.Caret == text.Length)
        {
            _text.Delete(Motion.Left);
            return NewLine();
        }

        if (InputBlock.IsOpen(text))
            return NewLine();

        string message = InputBlock.Message(_text.Message);
        if (message.Length == 0)
            return true;

        _history.Add(_text.Message.Trim());
        _text.Set("");
        Changed();
        Entered?.Invoke(message);
        return true;
    }

    private bool NewLine()
    {
        _text.Insert("\n");
        Changed();
        return true;
    }

    private bool Complete(int direction)
    {
        if (_completion is { } shown)
        {
            int count = shown.Candidates.Count;
            Choose(_chosen < 0 ? (direction > 0 ? 0 : count - 1) : (_chosen + direction + count) % count);
            return true;
        }

        if (direction < 0 || Completer(_text.Text, _text.Caret) is not { } completion)
            return false;

        string common = completion.CommonBegin;
        bool isLonger = common.Length > completion.End - completion.Begin;
        if (isLonger || completion.Candidates.Count == 1)
            _text.Replace(completion.Begin, completion.End, common);

        Changed();
        if (completion.Candidates.Count > 1)
            (_completion, _chosen) = (completion with { End = _text.Caret }, -1);

        Update();
        return true;
    }

    private void Choose(int candidate)
    {
        if (_completion is { } completion)
        {
            _chosen = candidate;
            string text = completion.Candidates[candidate].Text;
            _text.Replace(completion.Begin, completion.End, text);
            _completion = completion with { End = completion.Begin + text.Length };
            Update();
        }
    }

    private void Accept()
    {
        (_completion, _chosen) = (null, -1);
        Update();
    }

    private bool Escape()
    {
        if (_completion is null)
            return false;

        Accept();
        return true;
    }

    private bool Recall(int direction)
    {
        if (_completion is not null)
            return Complete(direction);
        if (_text.MoveLine(direction))
        {
            Moved();
            return true;
        }

        if ((direction < 0 ? _history.Previous(_text.Text) : _history.Next()) is { } text)
            Set(text);

        return true;
    }

    private Func<bool> Go(Motion motion) => () =>
    {
        _text.Move(motion);
        Moved();
        return true;
    };

    private Func<bool> Cut(Motion motion) => () =>
    {
        _text.Delete(motion);
        Changed();
        return true;
    };

    private void Moved()
    {
        _rows = null;
        Accept();
    }

    private void Changed()
    {
        (_completion, _chosen) = (null, -1);
        Update();
    }

    private void Update()
    {
        _rows = new(_text, Columns);
        int wanted = _rows.Count + CandidateRows;
        SetNeedsDraw();
        if (wanted == WantedRows)
            return;

        WantedRows = wanted;
        Grown?.Invoke();
    }

    private ScreenKey[] Table() =>
    [
        new([Key.Enter], "Enter", "Send the message", Enter),
        new([Key.Enter.WithAlt, Key.J.WithCtrl, Key.Enter.WithShift], "Alt+Enter, Ctrl+J", "New line; so does Enter after a \\, or inside a block that begins with \"\"\"", NewLine),
        new([Key.Tab], "Tab", "Complete: commands, paths, option names and values", () => Complete(1) || true),
        new([Key.Tab.WithShift], "Shift+Tab", "The completion before; without completions, to the side pane", () => Complete(-1)),
        new([Key.Esc], "", "", Escape),
        new([Key.CursorUp], "Up", "Line above, or the message before", () => Recall(-1)),
        new([Key.CursorDown], "Down", "Line below, or the message after", () => Recall(1)),
        new([Key.R.WithCtrl], "Ctrl+R", "Search the messages of this and earlier runs; again: an older one", ScreenKey.Always(BeginSearch)),
        new([Key.CursorLeft, Key.B.WithCtrl], "Left", "One character to the left", Go(Motion.Left)),
        new([Key.CursorRight, Key.F.WithCtrl], "Right", "One character to the right", Go(Motion.Right)),
        new([Key.CursorLeft.WithCtrl, Key.B.WithAlt, Key.CursorLeft.WithAlt], "Ctrl+Left, Alt+B", "One word to the left", Go(Motion.WordLeft)),
        new([Key.CursorRight.WithCtrl, Key.F.WithAlt, Key.CursorRight.WithAlt], "Ctrl+Right, Alt+F", "One word to the right", Go(Motion.WordRight)),
        new([Key.Home, Key.A.WithCtrl], "Home, Ctrl+A", "Start of the line", Go(Motion.LineBegin)),
        new([Key.End, Key.E.WithCtrl], "End, Ctrl+E", "End of the line", Go(Motion.LineEnd)),
        new([Key.Backspace, Key.Backspace.WithShift], "Backspace", "Delete to the left", Cut(Motion.Left)),
        new([Key.Delete], "Delete", "Delete to the right", Cut(Motion.Right)),
        new([Key.W.WithCtrl, Key.Backspace.WithAlt, Key.Backspace.WithCtrl], "Ctrl+W", "Delete the word to the left", Cut(Motion.WordLeft)),
        new([Key.D.WithAlt, Key.Delete.WithCtrl], "Alt+D", "Delete the word to the right", Cut(Motion.WordRight)),
        new([Key.U.WithCtrl], "Ctrl+U", "Delete to the start of the line", Cut(Motion.LineBegin)),
        new([Key.K.WithCtrl], "Ctrl+K", "Delete to the end of the line", Cut(Motion.LineEnd)),
    ];

    private void BeginSearch()
    {
        _search.Begin();
        SetNeedsDraw();
    }
}
