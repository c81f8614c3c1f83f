using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;

namespace Spud.Host.Repl.Screen;

/// <summary>The input field for messages. It grows with the text and shows completions above it.</summary>
internal sealed partial class InputView : View
{
    private readonly Look _look;
    private readonly InputHistory _history;
    private readonly InputText _text = new();
    private readonly HistorySearch _search;
    private readonly CompletionMenu _menu;

    public InputView(Look look, InputHistory history)
    {
        (_look, _history, _search, _menu) = (look, history, new(history), new(_text));
        CanFocus = true;
        KeyBindings.Clear();
        Keys = Table();
        FrameChanged += (_, _) => Update();
    }

    /// <summary>A message is complete.</summary>
    public event Action<string>? Entered;

    /// <summary>It was clicked.</summary>
    public event Action? Wanted;

    /// <summary>The preferred number of rows has changed.</summary>
    public event Action? Grown;

    /// <summary>Finds completions; null for none.</summary>
    public Func<string, int, Completion?> Completer { get; set; } = static (_, _) => null;

    /// <summary>Key bindings.</summary>
    public IReadOnlyList<ScreenKey> Keys { get; }

    /// <summary>Shown while nothing is typed.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Preferred number of rows.</summary>
    public int WantedRows { get; private set; } = 1;

    /// <summary>Whether the text is empty.</summary>
    public bool IsEmpty => _text.IsEmpty;

    /// <summary>Whether a key is a character, and which one.</summary>
    public static bool IsText(Key key, out string typed)
    {
        typed = key is { IsAlt: false, IsCtrl: false } ? key.AsGrapheme ?? "" : "";
        return typed.Length > 0 && !char.IsControl(typed[0]);
    }

    /// <summary>Replaces the typed text.</summary>
    public void Set(string text)
    {
        _text.Set(text);
        Changed();
    }

    protected override bool OnPaste(string text)
    {
        _search.End();
        _text.Paste(text);
        Changed();
        return true;
    }

    // The library removes line breaks from a paste; this editor keeps them.
    protected override string OnSanitizingPaste(string raw) => raw;

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (!mouse.Flags.HasFlag(MouseFlags.LeftButtonPressed) || mouse.Position is not { } place)
            return false;

        Wanted?.Invoke();
        if (place.Y < _menu.Rows)
            _menu.ChooseRow(place.Y);
        else if (_rows is not null)
            _text.MoveTo(_rows.PlaceAt(_top + place.Y - _menu.Rows, place.X - PromptColumns));

        Changed();
        return true;
    }

    private bool Enter()
    {
        if (_menu.HasChosen)
        {
            Changed();
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
        Set("");
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
        if (_menu.IsOpen)
        {
            _menu.Step(direction);
            Update();
            return true;
        }

        if (direction < 0 || Completer(_text.Text, _text.Caret) is not { } completion)
            return false;

        string common = completion.CommonBegin;
        bool isLonger = common.Length > completion.End - completion.Begin;
        if (isLonger || completion.Candidates.Count == 1)
            _text.Replace(completion.Begin, completion.End, common);
        if (completion.Candidates.Count > 1)
            _menu.Open(completion with { End = _text.Caret });

        Update();
        return true;
    }

    private bool Escape()
    {
        if (!_menu.IsOpen)
            return false;

        Changed();
        return true;
    }

    private bool Recall(int direction)
    {
        if (_menu.IsOpen)
            return Complete(direction);
        if (_text.MoveLine(direction))
            Changed();
        else if ((direction < 0 ? _history.Previous(_text.Text) : _history.Next()) is { } text)
            Set(text);

        return true;
    }

    private void BeginSearch()
    {
        _search.Begin();
        SetNeedsDraw();
    }

    // The text or the caret has changed, so the completions are outdated.
    private void Changed()
    {
        _menu.Close();
        Update();
    }

    private void Update()
    {
        _rows = new(_text, Columns);
        int wanted = _rows.Count + _menu.Rows;
        SetNeedsDraw();
        if (wanted == WantedRows)
            return;

        WantedRows = wanted;
        Grown?.Invoke();
    }
}
