using System.Globalization;
using System.Text;

namespace Spud.Host;

/// <summary>
/// Reads typed messages. Unlike the terminal's own line mode it treats a paste of several lines as one message, deletes whole
/// graphemes, and neither echoes nor keeps escape sequences.
/// </summary>
/// <param name="read">Waits for the next key, without echo.</param>
/// <param name="hasMore">Whether another key follows at once, as in a paste.</param>
/// <param name="columns">Width of the terminal.</param>
/// <param name="screen">The terminal itself: the editor moves its cursor.</param>
internal sealed class LineEditor(Func<ConsoleKeyInfo> read, Func<bool> hasMore, Func<int> columns, TextWriter screen)
{
    private const char Escape = '\u001b';
    private const string ClearLine = "\r\u001b[J";
    private const string PasteOn = "\u001b[?2004h";
    private const string PasteOff = "\u001b[?2004l";
    private const string PasteBegins = "[200~";
    private const string PasteEnds = "[201~";

    private readonly StringBuilder _text = new();
    private volatile bool _dropped;
    private bool _pasting;

    /// <summary>Reads one message.</summary>
    /// <param name="prompt">Printed before it.</param>
    /// <returns>Null if the user ended the input (Ctrl-D on an empty line).</returns>
    public string? Read(string prompt)
    {
        (_pasting, _dropped) = (false, false);
        _text.Clear();
        screen.Write(PasteOn + prompt);
        screen.Flush();
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = read();
                if (_dropped)
                    _text.Clear();

                _dropped = false;
                if (IsEndOfInput(key))
                    return null;
                if (Take(key, prompt))
                    return _text.ToString();

                screen.Flush();
            }
        }
        finally
        {
            screen.Write(PasteOff + "\r\n");
            screen.Flush();
        }
    }

    /// <summary>Discards the message typed so far. Thread-safe.</summary>
    /// <param name="isLast">Whether nothing more is read: the terminal is then restored.</param>
    public void Drop(bool isLast = false)
    {
        _dropped = true;
        if (isLast)
            screen.Write(PasteOff + TerminalModes.UsualKeys);
    }

    private bool IsEndOfInput(ConsoleKeyInfo key) => key.KeyChar == '\u0004' && _text.Length == 0;

    /// <summary>Handles a key; returns true when the message is complete.</summary>
    private bool Take(ConsoleKeyInfo key, string prompt)
    {
        if (key.KeyChar == Escape || key.Key == ConsoleKey.Escape)
            SkipSequence();
        else if (key.Key == ConsoleKey.Enter || key.KeyChar is '\n' or '\r')
            return !_pasting && !hasMore() || !Append('\n');
        else if (key.Key == ConsoleKey.Backspace || key.KeyChar is '\b' or '\u007f')
            Delete(prompt, LastGrapheme());
        else if (key.KeyChar == '\u0015')
            Delete(prompt, _text.Length);
        else if (key.KeyChar == '\t' || !char.IsControl(key.KeyChar))
            Append(key.KeyChar);

        return false;
    }

    // CSI and everything up to its final letter. An escape followed by nothing is the Escape key.
    private void SkipSequence()
    {
        StringBuilder sequence = new();
        while (hasMore() && sequence.Length < 16)
        {
            char next = read().KeyChar;
            sequence.Append(next);
            if (sequence.Length > 1 && next is >= '@' and <= '~' || sequence.Length == 1 && next is not ('[' or 'O'))
                break;
        }

        if ($"{sequence}" is PasteBegins or PasteEnds)
            _pasting = $"{sequence}" == PasteBegins;
    }

    private bool Append(char c)
    {
        _text.Append(c);
        if (c == '\n')
            screen.Write("\r\n");
        else
            SafeText.Write(screen, [c]);

        return true;
    }

    private int LastGrapheme()
    {
        int[] starts = StringInfo.ParseCombiningCharacters(_text.ToString());
        return starts.Length == 0 ? 0 : _text.Length - starts[^1];
    }

    private void Delete(string prompt, int count)
    {
        if (count == 0)
            return;

        // A character takes at most two columns: text that must have fit in one row is redrawn there, other text on a new row.
        bool inOneRow = prompt.Length + 2 * _text.Length < columns() && !_text.ToString().Contains('\n');
        _text.Length -= count;
        screen.Write((inOneRow ? ClearLine : "\r\n") + prompt);
        SafeText.Write(screen, _text.ToString());
    }
}
