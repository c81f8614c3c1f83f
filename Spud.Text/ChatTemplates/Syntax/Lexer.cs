using System.Text.RegularExpressions;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Splits a template into tokens like Jinja with <c>trim_blocks</c> and <c>lstrip_blocks</c> on: a newline after a
/// tag or comment is removed, as is white space between the start of a line and a tag or comment. This part reads text,
/// comments and raw sections; the other reads the code between the braces.
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly List<int> _lineStarts = [0];
    private readonly List<Token> _tokens = [];
    private int _position;

    private Lexer(string source)
    {
        string normalised = source.Replace("\r\n", "\n").Replace('\r', '\n');
        _source = normalised.EndsWith('\n') ? normalised[..^1] : normalised;
        for (int i = 0; i < _source.Length; i++)
        {
            if (_source[i] == '\n')
                _lineStarts.Add(i + 1);
        }
    }

    public static IReadOnlyList<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        while (lexer._position < lexer._source.Length)
            lexer.ReadTextAndTag();
        lexer._tokens.Add(new Token(TokenKind.End, "", lexer.PlaceOf(lexer._source.Length)));
        return lexer._tokens;
    }

    private Place PlaceOf(int index)
    {
        int found = _lineStarts.BinarySearch(index);
        int line = found >= 0 ? found : ~found - 1;
        return new Place(line + 1, index - _lineStarts[line] + 1);
    }

    private void ReadTextAndTag()
    {
        int start = _position;
        int open = FindOpening(start);
        if (open < 0)
        {
            AddText(start, _source.Length);
            _position = _source.Length;
            return;
        }

        AddTextBeforeTag(start, open, SignAt(open + 2), isOutput: _source[open + 1] == '{');
        if (_source[open + 1] == '#')
            SkipComment(open);
        else if (RawStart().Match(_source, open) is { Success: true } raw)
            ReadRaw(raw);
        else
            ReadCode(open);
    }

    private int FindOpening(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#')
                return i;
        }

        return -1;
    }

    private char SignAt(int index) => index < _source.Length && _source[index] is '-' or '+' ? _source[index] : ' ';

    private void AddTextBeforeTag(int start, int end, char sign, bool isOutput)
    {
        bool atLineStart = start == 0 || _source[start - 1] == '\n';
        if (sign == '-')
        {
            while (end > start && Characters.IsSpace(_source[end - 1]))
                end--;
        }
        else if (sign != '+' && !isOutput)
        {
            int blank = end;
            while (blank > start && _source[blank - 1] != '\n' && Characters.IsSpace(_source[blank - 1]))
                blank--;
            bool reachesLineStart = blank > start ? _source[blank - 1] == '\n' : atLineStart;
            if (reachesLineStart)
                end = blank;
        }

        AddText(start, end);
    }

    private void AddText(int start, int end)
    {
        if (end > start)
            _tokens.Add(new Token(TokenKind.Text, _source[start..end], PlaceOf(start)));
    }

    private void SkipComment(int open)
    {
        int body = open + (SignAt(open + 2) == ' ' ? 2 : 3);
        int close = body <= _source.Length ? _source.IndexOf("#}", body, StringComparison.Ordinal) : -1;
        if (close < 0)
            throw PlaceOf(open).Fail("this comment is never closed: expected '#}', got the end of the template");
        SkipAfterTag(close > body ? SignAt(close - 1) : ' ', close + 2);
    }

    /// <summary>Moves past a closing tag: removes all white space after '-', one newline without a sign, nothing after '+'.</summary>
    private void SkipAfterTag(char sign, int position)
    {
        if (sign == '-')
        {
            while (position < _source.Length && Characters.IsSpace(_source[position]))
                position++;
        }
        else if (sign != '+' && position < _source.Length && _source[position] == '\n')
        {
            position++;
        }

        _position = position;
    }

    private void ReadRaw(Match begin)
    {
        int start = begin.Index + begin.Length;
        Match end = RawEnd().Match(_source, start);
        if (!end.Success)
            throw PlaceOf(begin.Index).Fail("this raw section is never closed: expected '{% endraw %}', got the end of the template");
        AddTextBeforeTag(start, end.Index, SignAt(end.Index + 2), isOutput: false);
        _position = end.Index + end.Length;
    }

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})", RegexOptions.CultureInvariant)]
    private static partial Regex RawStart();

    [GeneratedRegex(@"\{%[-+]?\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)", RegexOptions.CultureInvariant)]
    private static partial Regex RawEnd();
}
