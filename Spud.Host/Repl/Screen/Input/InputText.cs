using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// The message being typed: text of several lines and a caret. A long paste is one placeholder character, so that typing stays fast; it is
/// expanded when the message is sent.
/// </summary>
internal sealed class InputText
{
    /// <summary>A paste that is longer or has more lines is shown as one item.</summary>
    private const int LongPaste = 2_000;
    private const int LongPasteLines = 12;

    // Private-use characters.
    private const char FirstPaste = '\ue000';
    private const char LastPaste = '\uf8ff';

    private readonly List<string> _pastes = [];
    private int? _goal;

    /// <summary>The text; a long paste is one character of it.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Position of the caret in the text.</summary>
    public int Caret { get; private set; }

    public bool IsEmpty => Text.Length == 0;

    /// <summary>Whether the caret is on the first or the last line.</summary>
    public bool IsInFirstLine => Text.IndexOf('\n', 0, Caret) < 0;

    public bool IsInLastLine => Text.IndexOf('\n', Caret) < 0;

    /// <summary>The whole message, as it is sent.</summary>
    public string Message
    {
        get
        {
            StringBuilder message = new();
            foreach (char c in Text)
                message.Append(PasteOf(c) ?? c.ToString());

            return message.ToString();
        }
    }

    /// <summary>The paste that a placeholder represents; null for other characters.</summary>
    public string? PasteOf(char c) => c is >= FirstPaste and <= LastPaste && c - FirstPaste < _pastes.Count ? _pastes[c - FirstPaste] : null;

    /// <summary>Replaces the text and moves the caret to its end.</summary>
    public void Set(string text)
    {
        _pastes.Clear();
        Text = Plain(text);
        Caret = Text.Length;
        _goal = null;
    }

    /// <summary>Inserts typed text.</summary>
    public void Insert(string text) => Put(Plain(text));

    /// <summary>Inserts pasted text.</summary>
    public void Paste(string text)
    {
        string pasted = Plain(text);
        bool isLong = pasted.Length > LongPaste || pasted.AsSpan().Count('\n') >= LongPasteLines;
        if (isLong && _pastes.Count <= LastPaste - FirstPaste)
        {
            _pastes.Add(pasted);
            pasted = ((char)(FirstPaste + _pastes.Count - 1)).ToString();
        }

        Put(pasted);
    }

    /// <summary>Replaces a part of the text.</summary>
    public void Replace(int begin, int end, string text)
    {
        Text = string.Concat(Text.AsSpan(0, begin), text, Text.AsSpan(end));
        Caret = begin + text.Length;
        _goal = null;
    }

    /// <summary>Moves by graphemes, words or lines.</summary>
    public void Move(Motion motion)
    {
        Caret = Target(motion);
        _goal = null;
    }

    /// <summary>Deletes from the caret to the target of a movement.</summary>
    public void Delete(Motion motion)
    {
        int target = Target(motion);
        Replace(Math.Min(target, Caret), Math.Max(target, Caret), "");
    }

    /// <summary>Moves to the previous or next line, same column; false if there is none.</summary>
    public bool MoveLine(int lines)
    {
        if (lines < 0 ? IsInFirstLine : IsInLastLine)
            return false;

        int begin = LineBegin(Caret), goal = _goal ?? Graphemes.Columns(Text.AsSpan(begin, Caret - begin));
        int target = lines < 0 ? LineBegin(begin - 1) : Text.IndexOf('\n', Caret) + 1;
        Caret = target + Graphemes.Fitting(Text.AsSpan(target, LineEnd(target) - target), goal);
        _goal = goal;
        return true;
    }

    /// <summary>Moves to a position, clamped to the text.</summary>
    public void MoveTo(int place)
    {
        Caret = Math.Clamp(place, 0, Text.Length);
        _goal = null;
    }

    private void Put(string text) => Replace(Caret, Caret, text);

    // Placeholder characters never come from input.
    private static string Plain(string text)
    {
        string safe = ShownText.Safe(text);
        return safe.AsSpan().ContainsAnyInRange(FirstPaste, LastPaste) ? string.Concat(safe.Where(c => c is < FirstPaste or > LastPaste)) : safe;
    }

    private int Target(Motion motion) => motion switch
    {
        Motion.Left => Graphemes.Before(Text, Caret),
        Motion.Right => Caret + Graphemes.Next(Text.AsSpan(Caret)),
        Motion.WordLeft => WordLeft(),
        Motion.WordRight => WordRight(),
        Motion.LineBegin => LineBegin(Caret),
        Motion.LineEnd => LineEnd(Caret),
        Motion.Begin => 0,
        _ => Text.Length,
    };

    private int WordLeft()
    {
        int at = Caret;
        while (at > 0 && !IsWord(at - 1))
            at--;
        while (at > 0 && IsWord(at - 1))
            at--;

        return at;
    }

    private int WordRight()
    {
        int at = Caret;
        while (at < Text.Length && !IsWord(at))
            at++;
        while (at < Text.Length && IsWord(at))
            at++;

        return at;
    }

    private bool IsWord(int at) => char.IsLetterOrDigit(Text[at]) || char.IsSurrogate(Text[at]) || char.GetUnicodeCategory(Text[at]) is System.Globalization.UnicodeCategory.NonSpacingMark;

    private int LineBegin(int at) => at == 0 ? 0 : Text.LastIndexOf('\n', at - 1) + 1;

    private int LineEnd(int at) => Text.IndexOf('\n', at) is >= 0 and int end ? end : Text.Length;
}

/// <summary>A movement of the caret.</summary>
internal enum Motion
{
    Left,
    Right,
    WordLeft,
    WordRight,
    LineBegin,
    LineEnd,
    Begin,
    End,
}
