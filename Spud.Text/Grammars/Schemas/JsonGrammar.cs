using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spud.Text.Grammars.Schemas;

/// <summary>Parts of JSON texts as grammar nodes.</summary>
internal static class JsonGrammar
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ImmutableArray<CharacterRange> s_digits = [new('0', '9')];

    // A reader of JSON refuses half a surrogate pair, and so are their escapes.
    private static readonly GrammarNode s_hex = Of("0-9A-Fa-f");

    private static readonly GrammarNode s_escape = GrammarNode.Sequence(
        GrammarNode.Literal("\\"),
        GrammarNode.Choice(
            Of("\"\\/bfnrt"),
            GrammarNode.Sequence(
                GrammarNode.Literal("u"),
                GrammarNode.Choice(
                    GrammarNode.Sequence(Of("0-9A-CE-Fa-ce-f"), s_hex, s_hex, s_hex),
                    GrammarNode.Sequence(Of("Dd"), Of("0-7"), s_hex, s_hex)))));

    /// <summary>The characters that stand for themselves in a string.</summary>
    private static readonly ImmutableArray<CharacterRange> s_plain = CharacterRange.Complement([new(0, 0x1F), new('"', '"'), new('\\', '\\')]);

    /// <summary>
    /// White space between the parts of an object or array: none, a space, or a line break with an indentation. It is limited, because
    /// small models may otherwise write nothing else.
    /// </summary>
    public static GrammarNode Space { get; } = GrammarNode.Choice(
        GrammarNode.Literal(" "),
        GrammarNode.Sequence(GrammarNode.Literal("\n"), GrammarNode.Literal(" ").Repeat(0, 20))).Optional();

    /// <summary>A digit.</summary>
    public static GrammarNode Digit { get; } = GrammarNode.Characters(s_digits);

    /// <summary>Any character of a string, as itself or as an escape.</summary>
    public static GrammarNode AnyCharacter { get; } = GrammarNode.Choice(GrammarNode.Characters(s_plain), s_escape);

    /// <summary>A character of a string that is not an escape.</summary>
    public static GrammarNode PlainCharacterExcept(IEnumerable<char> excluded) =>
        GrammarNode.Characters(CharacterRange.Except(s_plain, CharacterRange.Union(excluded.Select(static c => new CharacterRange(c, c)))));

    /// <summary>One of some characters, within a string: those that must be escaped are.</summary>
    public static GrammarNode Character(ImmutableArray<CharacterRange> set)
    {
        List<GrammarNode> nodes = [];
        ImmutableArray<CharacterRange> plain = CharacterRange.Except(set, CharacterRange.Complement(s_plain));
        if (!plain.IsEmpty)
            nodes.Add(GrammarNode.Characters(plain));
        foreach (CharacterRange range in CharacterRange.Except(set, s_plain))
        {
            for (int c = range.First; c <= range.Last; c++)
                nodes.Add(GrammarNode.Literal(Quote(((char)c).ToString())[1..^1]));
        }

        return GrammarNode.Choice([.. nodes]);
    }

    /// <summary>A text as a JSON string.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text, s_readable);

    /// <summary>A value as compact JSON.</summary>
    public static string Compact(JsonElement value) => JsonSerializer.Serialize(value, s_readable);

    /// <summary>A list in brackets.</summary>
    /// <param name="open">The opening bracket.</param>
    /// <param name="members">What is between the brackets, if anything is.</param>
    /// <param name="mayBeEmpty">Whether nothing may be there.</param>
    /// <param name="close">The closing bracket.</param>
    public static GrammarNode Brackets(string open, GrammarNode? members, bool mayBeEmpty, string close)
    {
        GrammarNode inner = members is null ? GrammarNode.Empty : GrammarNode.Sequence(members, Space);
        return GrammarNode.Sequence(GrammarNode.Literal(open), Space, mayBeEmpty ? inner.Optional() : inner, GrammarNode.Literal(close));
    }

    /// <summary>A comma and what follows it.</summary>
    public static GrammarNode Next(GrammarNode member) => GrammarNode.Sequence(GrammarNode.Literal(","), Space, member);

    /// <summary>A property.</summary>
    public static GrammarNode Property(GrammarNode key, GrammarNode value) => GrammarNode.Sequence(key, GrammarNode.Literal(":"), Space, value);

    /// <summary>A class of characters, as in "a-zA-Z_".</summary>
    private static GrammarNode Of(string ends)
    {
        List<CharacterRange> ranges = [];
        for (int i = 0; i < ends.Length;)
        {
            bool isRange = i + 2 < ends.Length && ends[i + 1] == '-';
            ranges.Add(new(ends[i], ends[isRange ? i + 2 : i]));
            i += isRange ? 3 : 1;
        }

        return GrammarNode.Characters(CharacterRange.Union(ranges));
    }
}
