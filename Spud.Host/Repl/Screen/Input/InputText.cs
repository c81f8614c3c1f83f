using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// A message while it is typed: text of several lines and a place in it. A long paste stands in it as one character, so that typing stays
/// quick, and is put in when the message is sent.
/// </summary>
internal sealed class InputText
{
    /// <summary>A longer paste, or one of more lines, is shown as one item.</summary>
    private const int LongPaste = 2_000;
    private const int LongPasteLines = 12;

    // Characters that have no meaning of their own.
    private const char FirstPaste = '\ue000';
    private const char LastPaste = '\uf8ff';

    private readonly List<string> _pastes = [];
    private int? _goal;

    /// <summary>The text; a long paste is one character of it.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Place in the text.</summary>
    public int Caret { get; private set; }

    public bool IsEmpty => Text.Length == 0;

    /// <summary>Whether the place is in the first line, or in the last.</summary>
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

    /// <summary>What a character stands for; null: itself.</summary>
    public string? PasteOf(char c) => c is >= FirstPaste and <= LastPaste && c - FirstPaste < _pastes.Count ? _pastes[c - FirstPaste] : null;

    /// <summary>Another text, with the place at its end.</summary>
    public void Set(string text)
    {
        _pastes.Clear();
        Text = Plain(text);
        Caret = Text.Length;
        _goal = null;
    }

    /// <summary>Types a text.</summary>
    public void Insert(string text) => Put(Plain(text));

    /// <summary>Puts in what was pasted.</summary>
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

    /// <summary>Puts a text in the place of a part.</summary>
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

    /// <summary>Deletes from the place to where a movement leads.</summary>
    public void Delete(Motion motion)
    {
        int target = Target(motion);
        Replace(Math.Min(target, Caret), Math.Max(target, Caret), "");
    }

    /// <summary>Moves to the line before or after, to the same column; false where there is none.</summary>
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

    /// <summary>Moves to a place, as far as the text goes.</summary>
    public void MoveTo(int place)
    {
        Caret = Math.Clamp(place, 0, Text.Length);
        _goal = null;
    }

    private void Put(string text) => Replace(Caret, Caret, text);

    // Characters that stand for pastes never come from outside.
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

/// <summary>A way through a text.</summary>
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
