using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// Keys for which the library knows the sequences of kitty's keyboard protocol but not the ones that every terminal sends: Alt+Enter,
/// Alt+Backspace and Ctrl+J. Pasted text is not changed.
/// </summary>
internal sealed class LegacyKeys
{
    private const char Escape = '\u001b';
    private const string PasteMarker = "\u001b[20?~"; // 0: a paste begins, 1: it ends

    private int _matched;
    private char _digit;
    private bool _isPaste;

    /// <summary>Translates one chunk of input for the library.</summary>
    public string Rewrite(ReadOnlySpan<char> read)
    {
        StringBuilder keys = new(read.Length);
        for (int i = 0; i < read.Length; i++)
        {
            char c = read[i];
            Match(c);
            if (_isPaste)
                keys.Append(c);
            else if (i > 0 && read[i - 1] == Escape && c is ('\r' or '\n' or '\u007f' or '\b'))
                keys.Append(c is '\r' or '\n' ? "[13;3u" : "[127;3u");
            else
                keys.Append(c == '\n' ? "\u001b[106;5u" : c.ToString());
        }

        return keys.ToString();
    }

    // A marker may be split across two reads.
    private void Match(char c)
    {
        bool goesOn = PasteMarker[_matched] == c || PasteMarker[_matched] == '?' && c is ('0' or '1');
        if (PasteMarker[_matched] == '?')
            _digit = c;

        _matched = goesOn ? _matched + 1 : c == Escape ? 1 : 0;
        if (_matched < PasteMarker.Length)
            return;

        (_matched, _isPaste) = (0, _digit == '0');
    }
}
