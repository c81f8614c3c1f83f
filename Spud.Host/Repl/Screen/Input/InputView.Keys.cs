using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>Key bindings of the message.</summary>
internal sealed partial class InputView
{
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
            // Any other key accepts the match, then acts as usual.
            if (_search.Found is { } found)
                _text.Set(found);

            _search.End();
            Changed();
            return key == Key.Enter || key == Key.Tab;
        }

        SetNeedsDraw();
        return true;
    }

    private Func<bool> Go(Motion motion) => ScreenKey.Always(() =>
    {
        _text.Move(motion);
        Changed();
    });

    private Func<bool> Cut(Motion motion) => ScreenKey.Always(() =>
    {
        _text.Delete(motion);
        Changed();
    });

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
}
