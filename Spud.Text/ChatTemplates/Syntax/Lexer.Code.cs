using System.Globalization;

namespace Spud.Text.ChatTemplates;

internal sealed partial class Lexer
{
    private static readonly string[] s_operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    /// <summary>Reads from '{{' or '{%' to the matching end. An end within brackets does not count: <c>{{ {'a': {}} }}</c>.</summary>
    private void ReadCode(int open)
    {
        bool isOutput = _source[open + 1] == '{';
        _tokens.Add(new Token(isOutput ? TokenKind.OutputStart : TokenKind.TagStart, _source.Substring(open, 2), PlaceOf(open)));
        _position = open + (SignAt(open + 2) == ' ' ? 2 : 3);
        var brackets = new Stack<char>();
        while (true)
        {
            while (_position < _source.Length && Characters.IsSpace(_source[_position]))
                _position++;
            if (_position >= _source.Length)
                throw PlaceOf(open).Fail($"this tag is never closed: expected '{(isOutput ? "}}" : "%}")}', got the end of the template");
            if (brackets.Count == 0 && TryReadEnd(isOutput))
                return;
            ReadToken(brackets);
        }
    }

    private bool TryReadEnd(bool isOutput)
    {
        string end = isOutput ? "}}" : "%}";
        char sign = SignAt(_position);
        if (isOutput && sign == '+')
            return false;
        int at = _position + (sign == ' ' ? 0 : 1);
        if (string.CompareOrdinal(_source, at, end, 0, 2) != 0)
            return false;
        _tokens.Add(new Token(isOutput ? TokenKind.OutputEnd : TokenKind.TagEnd, end, PlaceOf(at)));
        SkipAfterTag(isOutput && sign == ' ' ? '+' : sign, at + 2);
        return true;
    }

    private void ReadToken(Stack<char> brackets)
    {
        char first = _source[_position];
        if (first == '_' || char.IsLetter(first))
            ReadName();
        else if (char.IsAsciiDigit(first))
            ReadNumber();
        else if (first is '\'' or '"')
            ReadString(first);
        else
            ReadOperator(brackets);
    }

    private void ReadName()
    {
        int start = _position;
        while (_position < _source.Length && (_source[_position] == '_' || char.IsLetterOrDigit(_source[_position])))
            _position++;
        _tokens.Add(new Token(TokenKind.Name, _source[start.._position], PlaceOf(start)));
    }

    private void ReadNumber()
    {
        int start = _position;
        SkipDigits();
        bool followsDot = start > 0 && _source[start - 1] == '.';
        bool isFloat = !followsDot && (TrySkipFraction() | TrySkipExponent());
        string digits = _source[start.._position].Replace("_", "");
        Place at = PlaceOf(start);
        if (isFloat)
            _tokens.Add(new Token(TokenKind.Float, digits, at, double.Parse(digits, CultureInfo.InvariantCulture)));
        else if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            _tokens.Add(new Token(TokenKind.Integer, digits, at, value));
        else
            throw at.Fail($"the number {Shorten(digits)} is too large: expected at most {long.MaxValue}");
    }

    private bool IsDigitAt(int index) => index < _source.Length && char.IsAsciiDigit(_source[index]);

    private void SkipDigits()
    {
        while (IsDigitAt(_position) || (_position < _source.Length && _source[_position] == '_' && IsDigitAt(_position + 1)))
            _position++;
    }

    private bool TrySkipFraction()
    {
        if (_position >= _source.Length || _source[_position] != '.' || !IsDigitAt(_position + 1))
            return false;
        _position++;
        SkipDigits();
        return true;
    }

    private bool TrySkipExponent()
    {
        if (_position >= _source.Length || _source[_position] is not ('e' or 'E'))
            return false;
        int digits = _position + 1;
        if (digits < _source.Length && _source[digits] is '+' or '-')
            digits++;
        if (!IsDigitAt(digits))
            return false;
        _position = digits;
        SkipDigits();
        return true;
    }

    private void ReadString(char quote)
    {
        int start = _position;
        int end = start + 1;
        while (end < _source.Length && _source[end] != quote)
            end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length)
            throw PlaceOf(start).Fail($"this string is never closed: expected {quote}, got the end of the template");
        string value = StringEscapes.Resolve(_source.AsSpan(start + 1, end - start - 1), PlaceOf(start));
        _tokens.Add(new Token(TokenKind.String, value, PlaceOf(start), value));
        _position = end + 1;
    }

    private void ReadOperator(Stack<char> brackets)
    {
        foreach (string text in s_operators)
        {
            if (string.CompareOrdinal(_source, _position, text, 0, text.Length) != 0)
                continue;
            TrackBrackets(text[0], brackets);
            _tokens.Add(new Token(TokenKind.Operator, text, PlaceOf(_position)));
            _position += text.Length;
            return;
        }

        throw PlaceOf(_position).Fail($"unexpected character '{_source[_position]}'");
    }

    private void TrackBrackets(char symbol, Stack<char> brackets)
    {
        char closing = symbol switch { '(' => ')', '[' => ']', '{' => '}', _ => ' ' };
        if (closing != ' ')
        {
            brackets.Push(closing);
        }
        else if (symbol is ')' or ']' or '}')
        {
            if (brackets.Count == 0)
                throw PlaceOf(_position).Fail($"unexpected '{symbol}': no bracket is open");
            char expected = brackets.Pop();
            if (expected != symbol)
                throw PlaceOf(_position).Fail($"expected '{expected}', got '{symbol}'");
        }
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "...");
}
