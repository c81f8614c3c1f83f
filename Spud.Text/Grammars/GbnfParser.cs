using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Spud.Text.Grammars;

/// <summary>Parses llama.cpp's notation of grammars (grammars/README.md there): rules, literals, classes, groups, alternatives, repetitions.</summary>
internal sealed class GbnfParser(string text)
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<int> _firstUses = [];
    private readonly List<GrammarRule?> _rules = [];
    private int _at;
    private int _depth;

    private char Current => _at < text.Length ? text[_at] : '\0';

    private bool IsAtEnd => _at >= text.Length;

    public Grammar Parse()
    {
        if (text.Length > GrammarLimits.SourceCharacters)
            throw GrammarException.At(1, 1, $"expected at most {GrammarLimits.SourceCharacters} characters, got {text.Length}");

        for (SkipSpace(lines: true); !IsAtEnd; SkipSpace(lines: true))
            ReadRule();

        for (int rule = 0; rule < _rules.Count; rule++)
        {
            if (_rules[rule] is null)
                throw Fail(_firstUses[rule], $"rule '{_names[rule]}' is not defined");
        }

        return _ids.TryGetValue("root", out int root)
            ? new([.. _rules.Select(static rule => rule!)], root)
            : throw Fail(0, "expected a rule named 'root', where texts begin");
    }

    private void ReadRule()
    {
        int start = _at;
        int rule = ReadName("the name of a rule");
        SkipSpace(lines: false);
        if (!text.AsSpan(_at).StartsWith("::="))
            throw Fail(_at, $"expected '::=' after the rule name '{_names[rule]}'");

        _at += 3;
        if (_rules[rule] is not null)
            throw Fail(start, $"rule '{_names[rule]}' is defined twice, first in line {_rules[rule]!.Line}");

        SkipSpace(lines: true);
        GrammarNode body = ReadChoice(isNested: false);
        if (!IsAtEnd && Current is not ('\n' or '\r'))
            throw Fail(_at, $"expected the end of the line, got {Shown()}");

        _rules[rule] = new(_names[rule], body, PlaceOf(start).Line);
    }

    private GrammarNode ReadChoice(bool isNested)
    {
        List<GrammarNode> alternatives = [ReadSequence(isNested)];
        while (Current == '|')
        {
            _at++;
            SkipSpace(lines: true);
            alternatives.Add(ReadSequence(isNested));
        }

        return GrammarNode.Choice([.. alternatives]);
    }

    private GrammarNode ReadSequence(bool isNested)
    {
        List<GrammarNode> items = [];
        while (ReadItem() is { } item)
        {
            items.Add(item);
            SkipSpace(isNested);
            while (ReadCount() is var (min, max))
            {
                items[^1] = items[^1].Repeat(min, max);
                SkipSpace(isNested);
            }
        }

        return GrammarNode.Sequence([.. items]);
    }

    private GrammarNode? ReadItem()
    {
        switch (Current)
        {
            case '"':
                return ReadLiteral();
            case '[':
                return ReadClass();
            case '(':
                return ReadGroup();
            case '.':
                _at++;
                return GrammarNode.Characters(CharacterRange.All);
            case '<' or '!':
                throw Fail(_at, "tokens (<name>, <[id]>) cannot be used in a grammar; write their text as a literal");
            default:
                return IsNameCharacter(Current) ? new ReferenceNode(ReadName("a rule")) : null;
        }
    }

    private GrammarNode ReadGroup()
    {
        int start = _at++;
        if (++_depth > GrammarLimits.Depth)
            throw Fail(start, $"parentheses nest deeper than {GrammarLimits.Depth} levels");

        SkipSpace(lines: true);
        GrammarNode inner = ReadChoice(isNested: true);
        if (Current != ')')
            throw Fail(_at, $"expected ')' for the '(' in line {PlaceOf(start).Line}, column {PlaceOf(start).Column}");

        _at++;
        _depth--;
        return inner;
    }

    private LiteralNode ReadLiteral()
    {
        int start = _at++;
        StringBuilder literal = new();
        while (Current != '"')
        {
            RequireWithin(start, "literal");
            literal.Append(ReadCharacter());
        }

        _at++;
        return new(literal.ToString());
    }

    private CharactersNode ReadClass()
    {
        int start = _at++;
        bool negated = Current == '^';
        _at += negated ? 1 : 0;
        List<CharacterRange> ranges = [];
        while (Current != ']')
        {
            RequireWithin(start, "class");
            int first = ReadCharacter().Value, last = first;
            if (Current == '-' && _at + 1 < text.Length && text[_at + 1] != ']')
            {
                _at++;
                RequireWithin(start, "class");
                last = ReadCharacter().Value;
            }

            ranges.Add(last >= first ? new(first, last) : throw Fail(_at, $"the range from U+{first:X4} to U+{last:X4} is descending"));
        }

        _at++;
        ImmutableArray<CharacterRange> set = CharacterRange.Union(ranges);
        set = negated ? CharacterRange.Complement(set) : set;
        return set.IsEmpty ? throw Fail(start, "the class contains no character") : new(set);
    }

    private void RequireWithin(int start, string what)
    {
        if (IsAtEnd || (what == "literal" && Current is '\n'))
            throw Fail(start, $"the {what} does not end");
    }

    private Rune ReadCharacter()
    {
        int start = _at;
        if (Current != '\\')
        {
            if (!Rune.TryGetRuneAt(text, _at, out Rune rune))
                throw Fail(start, "half a surrogate pair");

            _at += rune.Utf16SequenceLength;
            return rune;
        }

        _at += 2;
        char escape = start + 1 < text.Length ? text[start + 1] : '\0';
        return escape switch
        {
            'x' => ReadHex(start, 2),
            'u' => ReadHex(start, 4),
            'U' => ReadHex(start, 8),
            'n' => new('\n'),
            'r' => new('\r'),
            't' => new('\t'),
            '\\' or '"' or '[' or ']' => new(escape),
            _ => throw Fail(start, "unknown escape; known: \\n \\r \\t \\\\ \\\" \\[ \\] \\x00 \\u0000 \\U00000000"),
        };
    }

    private Rune ReadHex(int start, int digits)
    {
        bool isHex = int.TryParse(text.AsSpan(_at, Math.Min(digits, text.Length - _at)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value);
        if (!isHex || text.Length - _at < digits || !Rune.IsValid(value))
            throw Fail(start, $"expected {digits} hexadecimal digits that name a character");

        _at += digits;
        return new(value);
    }

    private (int Min, int? Max)? ReadCount()
    {
        int start = _at;
        switch (Current)
        {
            case '*':
                _at++;
                return (0, null);
            case '+':
                _at++;
                return (1, null);
            case '?':
                _at++;
                return (0, 1);
            case '{':
                _at++;
                break;
            default:
                return null;
        }

        int? min = ReadNumber(), max = min;
        if (Current == ',')
        {
            _at++;
            max = ReadNumber();
        }
        else if (min is null)
        {
            throw Fail(start, "expected a number: {3}, {3,}, {3,5} or {,5}");
        }

        if (Current != '}')
            throw Fail(_at, "expected '}'");
        if (max < (min ?? 0))
            throw Fail(start, $"expected a maximum of at least {min}, got {max}");

        _at++;
        return (min ?? 0, max);
    }

    private int? ReadNumber()
    {
        SkipSpace(lines: false);
        int start = _at;
        while (char.IsAsciiDigit(Current))
            _at++;

        if (_at == start)
            return null;
        if (!int.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value > GrammarLimits.Repetitions)
            throw Fail(start, $"expected at most {GrammarLimits.Repetitions} repetitions");

        SkipSpace(lines: false);
        return value;
    }

    private int ReadName(string what)
    {
        int start = _at;
        while (IsNameCharacter(Current))
            _at++;

        if (_at == start)
            throw Fail(_at, $"expected {what}, got {Shown()}");

        string name = text[start.._at];
        if (_ids.TryGetValue(name, out int known))
            return known;
        if (_names.Count == GrammarLimits.Rules)
            throw Fail(start, $"expected at most {GrammarLimits.Rules} rules");

        _ids.Add(name, _names.Count);
        _names.Add(name);
        _firstUses.Add(start);
        _rules.Add(null);
        return _names.Count - 1;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private void SkipSpace(bool lines)
    {
        while (Current is ' ' or '\t' || Current == '#' || (lines && Current is '\n' or '\r'))
        {
            if (Current == '#')
            {
                while (!IsAtEnd && Current is not ('\n' or '\r'))
                    _at++;
            }
            else
            {
                _at++;
            }
        }
    }

    private string Shown() => IsAtEnd ? "the end" : Rune.TryGetRuneAt(text, _at, out Rune rune) ? $"'{rune}'" : "half a surrogate pair";

    private (int Line, int Column) PlaceOf(int at)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, Math.Min(at, text.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    private GrammarException Fail(int at, string problem)
    {
        (int line, int column) = PlaceOf(at);
        return GrammarException.At(line, column, problem);
    }
}
