using System.Text;
using Spud.Tests.Tokenization;
using Spud.Text.Grammars;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Grammars;

/// <summary>Masks of a whole vocabulary, in which large parts are decided at once, against each token read byte by byte.</summary>
public sealed class RunMaskTests
{
    public static TheoryData<string, string> Texts =>
    [
        ("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","maxLength":40},"c":{"type":"string","pattern":"^[a-z0-9]{2,30}$"}},"required":["a","b","c"]}""", """{"a": "It's \u00e9té, \"über\"", "b": "Ein längerer Satz, 38 Zeichen lang …", "c": "abc123"}"""),
        ("""{"type":"object"}""", """{"größe": [1, -2.5e3, {"x": ["y z", null]}], "t": "日本語 and text"}"""),
        ("root ::= [^<]* \"<\" [a-zA-Z]+ \">\" .*", "Any text é <tag> and more"),
        ("root ::= [ -~]{0,30} \"\\n\" [a-fA-F0-9]{3,8} ([^\\x00-\\x7F] | [g-z])+", "Only ASCII here\n12abégh"),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_mask_allows_the_tokens_that_can_be_read(string grammar, string text)
    {
        Tokenizer tokenizer = ReferenceTokenizers.BytePair;
        Grammar parsed = grammar[0] == '{' ? Grammar.FromJsonSchema(grammar) : Grammar.Parse(grammar);
        using ConstraintCursor cursor = TokenConstraint.Compile(parsed, tokenizer).Begin();
        StackSets sets = new(parsed.Automaton);
        int set = sets.Start;
        foreach (int next in tokenizer.Encode(text, addSpecial: false, parseSpecial: false))
        {
            ReadOnlySpan<ulong> mask = cursor.Allowed();
            for (int id = 0; id < tokenizer.VocabularySize; id++)
            {
                bool expected = tokenizer.EndOfGeneration.Contains(id) ? sets.MayEnd(set) : tokenizer.Writes(id) && After(sets, set, tokenizer.BytesOf(id, renderSpecial: false)) != StackSets.Dead;
                Assert.True(expected == TokenMask.Has(mask, id), $"before '{tokenizer.TextOf(next)}': token {id} '{tokenizer.TextOf(id)}', expected {expected}");
            }

            cursor.Accept(next);
            set = After(sets, set, tokenizer.BytesOf(next, renderSpecial: false));
        }

        Assert.True(cursor.MayEnd);
    }

    [Fact]
    public void Every_character_is_of_one_kind_and_UTF8_is_read_as_it_is_defined()
    {
        Assert.Equal(Enumerable.Range(0, 128), ByteBuckets.Ascii.SelectMany(static kind => kind).Select(static b => (int)b).Order());
        Assert.All(ByteBuckets.Ascii.Index(), static kind => Assert.All(kind.Item, b => Assert.Equal(1UL << kind.Index, ByteBuckets.Of(b))));
        Assert.True(ByteBuckets.Ascii.Length < 62);

        UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                byte[] bytes = [(byte)first, (byte)second];
                Utf8State state = bytes.Aggregate(Utf8State.Between, Utf8States.Next);
                string rest = state switch { Utf8State.One => "80", Utf8State.Two => "8080", Utf8State.Three or Utf8State.AfterF4 => "808080", Utf8State.AfterE0 => "A080", Utf8State.AfterED => "8080", Utf8State.AfterF0 => "908080", _ => "" };
                Assert.Equal(IsValid([.. bytes, .. Convert.FromHexString(rest)]), state != Utf8State.Invalid);
            }
        }

        // The ranges of whole characters are all there are, and no more.
        Assert.Equal(0x110000 - 0x800 - 0x80, Utf8States.Characters.Sum(static character => character.Aggregate(1, static (product, range) => product * (range.Last - range.First + 1))));
        Assert.All(Utf8States.Characters, character =>
        {
            foreach (bool isLast in (bool[])[false, true])
            {
                byte[] bytes = [.. character.Select(range => isLast ? range.Last : range.First)];
                Assert.True(IsValid(bytes));
                Assert.Equal(Utf8State.Between, bytes.Aggregate(Utf8State.Between, Utf8States.Next));
            }
        });

        bool IsValid(byte[] bytes)
        {
            try
            {
                return strict.GetCharCount(bytes) > 0;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }

    private static int After(StackSets sets, int set, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length && set != StackSets.Dead; i++)
            set = sets.Step(set, bytes[i]);
        return set;
    }
}
