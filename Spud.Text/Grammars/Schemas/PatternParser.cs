using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Spud.Text.Grammars.Schemas;

/// <summary>
/// Parses the regular part of ECMAScript's expressions (what <c>pattern</c> may contain) into nodes that match the inside of a JSON string.
/// </summary>
internal sealed class PatternParser(string pattern)
{
    private static readonly ImmutableArray<CharacterRange> s_digit = [new('0', '9')];
    private static readonly ImmutableArray<CharacterRange> s_word = CharacterRange.Union([new('0', '9'), new('A', 'Z'), new('_', '_'), new('a', 'z')]);
    private static readonly ImmutableArray<CharacterRange> s_lineEnd = CharacterRange.Union([new('\n', '\n'), new('\r', '\r'), new(0x2028, 0x2029)]);
    private static readonly ImmutableArray<CharacterRange> s_space = CharacterRange.Union(
        [new('\t', '\r'), new(' ', ' '), new(0xA0, 0xA0), new(0x1680, 0x1680), new(0x2000, 0x200A), new(0x2028, 0x2029), new(0x202F, 0x202F), new(0x205F, 0x205F), new(0x3000, 0x3000), new(0xFEFF, 0xFEFF)]);

    private static readonly GrammarNode s_anything = JsonGrammar.AnyCharacter.Repeat(0, null);

    private int _at;
    private int _depth;

    private char Current => _at < pattern.Length ? pattern[_at] : '\0';

    private bool IsAtEnd => _at >= pattern.Length;

    /// <summary>Parses the pattern; without <c>^</c> and <c>$</c> it may match anywhere in the string.</summary>
    /// <exception cref="FormatException">The pattern is not an expression, or not a regular one.</exception>
    public GrammarNode Parse()
    {
        List<GrammarNode> alternatives = [ReadWhole()];
        while (Current == '|')
        {
            _at++;
            alternatives.Add(ReadWhole());
        }

        return IsAtEnd ? GrammarNode.Choice([.. alternatives]) : throw Fail($"unexpected '{Current}'");
    }

    private GrammarNode ReadWhole()
    {
        bool begins = Take('^');
        GrammarNode inner = ReadSequence();
        bool ends = Take('$');
        return GrammarNode.Sequence(begins ? GrammarNode.Empty : s_anything, inner, ends ? GrammarNode.Empty : s_anything);
    }

    private GrammarNode ReadSequence()
    {
        List<GrammarNode> items = [];
        while (!IsAtEnd && Current is not ('|' or ')' or '$'))
        {
            GrammarNode item = ReadItem();
            if (ReadCount() is var (min, max))
            {
                item = item.Repeat(min, max);
                Take('?'); // which match is taken makes no difference to what matches
                if (ReadCount() is not null)
                    throw Fail("two counts after another");
            }

            items.Add(item);
        }

        return GrammarNode.Sequence([.. items]);
    }

    private GrammarNode ReadItem()
    {
        switch (Current)
        {
            case '(':
                return ReadGroup();
            case '[':
                return JsonGrammar.Character(ReadClass());
            case '.':
                _at++;
                return JsonGrammar.Character(CharacterRange.Complement(s_lineEnd));
            case '\\':
                return JsonGrammar.Character(ReadEscape(isInClass: false));
            case '^':
                throw Fail("'^' is supported at the beginning only");
            case '*' or '+' or '?' or '{':
                throw Fail($"nothing to repeat before '{Current}'");
            default:
                return JsonGrammar.Character(Single(ReadRune()));
        }
    }

    private GrammarNode ReadGroup()
    {
        _at++;
        if (Take('?'))
        {
            if (Current == '<' && _at + 1 < pattern.Length && pattern[_at + 1] is not ('=' or '!'))
                _at = pattern.IndexOf('>', _at) is >= 0 and var end ? end + 1 : throw Fail("the name of the group does not end");
            else if (!Take(':'))
                throw Fail("looking ahead or behind is not supported");
        }

        if (++_depth > GrammarLimits.Depth)
            throw Fail($"groups nest deeper than {GrammarLimits.Depth} levels");

        List<GrammarNode> alternatives = [ReadSequence()];
        while (Take('|'))
            alternatives.Add(ReadSequence());

        if (Current == '$')
            throw Fail("'$' is supported at the end only");
        if (!Take(')'))
            throw Fail("expected ')'");

        _depth--;
        return GrammarNode.Choice([.. alternatives]);
    }

    private (int Min, int? Max)? ReadCount()
    {
        if (Take('*'))
            return (0, null);
        if (Take('+'))
            return (1, null);
        if (Take('?'))
            return (0, 1);
        if (!Take('{'))
            return null;

        int min = ReadNumber() ?? throw Fail("expected a number");
        int? max = Take(',') ? ReadNumber() : min;
        if (!Take('}'))
            throw Fail("expected '}'");

        return max < min ? throw Fail("the counts are descending") : (min, max);
    }

    private int? ReadNumber()
    {
        int start = _at;
        while (char.IsAsciiDigit(Current))
            _at++;

        if (_at == start)
            return null;
        return int.TryParse(pattern.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= GrammarLimits.Repetitions
            ? value
            : throw Fail($"expected at most {GrammarLimits.Repetitions} repetitions");
    }

    private ImmutableArray<CharacterRange> ReadClass()
    {
        _at++;
        bool negated = Take('^');
        List<CharacterRange> ranges = [];
        while (Current != ']')
        {
            ImmutableArray<CharacterRange> first = ReadClassMember();
            if (Current != '-' || _at + 1 >= pattern.Length || pattern[_at + 1] == ']')
            {
                ranges.AddRange(first);
                continue;
            }

            _at++;
            ImmutableArray<CharacterRange> last = ReadClassMember();
            if (first is not [var low] || last is not [var high] || low.First != low.Last || high.First != high.Last || high.First < low.First)
                throw Fail("expected a range of two ascending characters");

            ranges.Add(new(low.First, high.First));
        }

        _at++;
        ImmutableArray<CharacterRange> set = CharacterRange.Union(ranges);
        set = negated ? CharacterRange.Complement(set) : set;
        return set.IsEmpty ? throw Fail("the class contains no character") : set;
    }

    private ImmutableArray<CharacterRange> ReadClassMember()
    {
        if (IsAtEnd)
            throw Fail("the class does not end");
        return Current == '\\' ? ReadEscape(isInClass: true) : Single(ReadRune());
    }

    private ImmutableArray<CharacterRange> ReadEscape(bool isInClass)
    {
        _at++;
        char escape = Current;
        _at++;
        switch (escape)
        {
            case 'd':
                return s_digit;
            case 'D':
                return CharacterRange.Complement(s_digit);
            case 'w':
                return s_word;
            case 'W':
                return CharacterRange.Complement(s_word);
            case 's':
                return s_space;
            case 'S':
                return CharacterRange.Complement(s_space);
            case 't':
                return Single(new('\t'));
            case 'n':
                return Single(new('\n'));
            case 'r':
                return Single(new('\r'));
            case 'f':
                return Single(new('\f'));
            case 'v':
                return Single(new('\v'));
            case 'b' when isInClass:
                return Single(new('\b'));
            case 'x':
                return Single(ReadHex(2));
            case 'u' when Current == '{':
                int digits = pattern.IndexOf('}', _at) - _at - 1;
                _at++;
                Rune rune = ReadHex(digits is > 0 and <= 6 ? digits : throw Fail("expected '}'"));
                _at++;
                return Single(rune);
            case 'u':
                return Single(ReadHex(4));
            case '0':
                return Single(new('\0'));
            default:
                return char.IsAsciiLetterOrDigit(escape) || escape == '\0' ? throw Fail($"the escape \\{escape} is not supported") : Single(new(escape));
        }
    }

    private Rune ReadHex(int digits)
    {
        if (_at + digits > pattern.Length || !int.TryParse(pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || !Rune.IsValid(value))
            throw Fail($"expected {digits} hexadecimal digits that name a character");

        _at += digits;
        return new(value);
    }

    private Rune ReadRune()
    {
        if (!Rune.TryGetRuneAt(pattern, _at, out Rune rune))
            throw Fail("half a surrogate pair");

        _at += rune.Utf16SequenceLength;
        return rune;
    }

    private bool Take(char c)
    {
        if (IsAtEnd || Current != c)
            return false;

        _at++;
        return true;
    }

    private static ImmutableArray<CharacterRange> Single(Rune rune) => [new(rune.Value, rune.Value)];

    private FormatException Fail(string problem) => new($"{problem} (at character {_at + 1} of the pattern)");
}
