using System.Text;
using Spud.Models;
using Spud.Text.Grammars;
using Spud.Text.Tokenization;
using Spud.Tests.Tokenization;
using Xunit;

namespace Spud.Tests.Grammars;

/// <summary>Masks against a slow recognizer by definition, over random grammars and random texts.</summary>
public sealed class MaskOracleTests
{
    private const string Letters = "ab\"é";

    // All texts of up to two letters are tokens, so that tokens end within, at and behind every rule.
    private static readonly Lazy<Tokenizer> s_tokenizer = new(static () =>
    {
        string[] texts = [.. Letters.Select(static c => c.ToString()), .. Letters.SelectMany(static a => Letters.Select(b => $"{a}{b}")), "aab", "bab\"", "a\"b"];
        return new(new VocabularyData
        {
            Model = "llama",
            Tokens = Utf8Strings.From(["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(static b => $"<0x{b:X2}>"), .. texts]),
            TokenTypes = (int[])[TinyVocabulary.Unknown, TinyVocabulary.Control, TinyVocabulary.Control, .. Enumerable.Repeat(TinyVocabulary.Byte, 256), .. Enumerable.Repeat(1, texts.Length)],
            AddSpacePrefix = false,
        });
    });

    [Fact]
    public void A_grammar_matches_what_its_definition_matches()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            (GrammarRule[] rules, Grammar? grammar) = Make(seed);
            Random random = new(seed);
            for (int i = 0; i < 20 && grammar is not null; i++)
            {
                string text = Text(random);
                Assert.True(new Recognizer(rules, text).Matches(0) == grammar.Matches(text), $"seed {seed}, '{text}'");
            }
        }
    }

    [Fact]
    public void A_mask_allows_exactly_the_tokens_after_which_a_text_can_be_completed()
    {
        Tokenizer tokenizer = s_tokenizer.Value;
        int allowed = 0, refused = 0, depend = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            if (Make(seed).Grammar is not { } grammar)
                continue;

            TokenConstraint constraint = TokenConstraint.Compile(grammar, tokenizer);
            ConstraintCursor cursor = constraint.Begin();
            Random random = new(seed);
            List<byte> text = [];
            for (int step = 0; step < 8 && !cursor.IsComplete; step++)
            {
                // By single bytes, without any mask: the automaton is held to the definition by the test above.
                StackSets sets = new(grammar.Automaton);
                int before = text.Aggregate(sets.Start, sets.Step);
                ulong[] mask = cursor.Allowed().ToArray();
                List<int> next = [];
                for (int id = 0; id < tokenizer.VocabularySize; id++)
                {
                    byte[] bytes = tokenizer.BytesOf(id, renderSpecial: false).ToArray();
                    bool expected = tokenizer.EndOfGeneration.Contains(id) ? sets.MayEnd(before)
                        : bytes.Length > 0 && bytes.Aggregate(before, (set, b) => set == StackSets.Dead ? set : sets.Step(set, b)) != StackSets.Dead;
                    Assert.True(expected == TokenMask.Has(mask, id), $"seed {seed}, after '{Encoding.UTF8.GetString([.. text])}': token {id} '{tokenizer.TextOf(id)}'");
                    Assert.Equal(expected, cursor.Allows(id));
                    (allowed, refused) = expected ? (allowed + 1, refused) : (allowed, refused + 1);
                    if (expected && bytes.Length > 0)
                        next.Add(id);
                }

                if (next.Count == 0)
                    break;

                int chosen = next[random.Next(next.Count)];
                cursor.Accept(chosen);
                text.AddRange(tokenizer.BytesOf(chosen, renderSpecial: false));
            }

            depend += Enumerable.Range(0, grammar.Automaton.Count).Count(state => constraint.MaskOf(state).Dependent.Length > 0);
        }

        // Neither trivial: tokens of each kind were seen, and masks that need the stack.
        Assert.True(allowed > 5000 && refused > 50_000 && depend > 100, $"{allowed} {refused} {depend}");
    }

    private static string Text(Random random)
    {
        StringBuilder text = new();
        for (int length = random.Next(7); length > 0; length--)
            text.Append(Letters[random.Next(Letters.Length)]);
        return text.ToString();
    }

    /// <summary>Random rules, and their grammar; null if it is refused (left recursion, rules without end).</summary>
    private static (GrammarRule[] Rules, Grammar? Grammar) Make(int seed)
    {
        Random random = new(seed);
        int count = random.Next(1, 5);
        GrammarRule[] rules = [.. Enumerable.Range(0, count).Select(i => new GrammarRule($"r{i}", Node(random, count, 3)))];
        try
        {
            return (rules, new(rules, 0));
        }
        catch (GrammarException)
        {
            return (rules, null);
        }
    }

    private static GrammarNode Node(Random random, int rules, int depth)
    {
        switch (random.Next(depth == 0 ? 3 : 7))
        {
            case 0:
                return GrammarNode.Literal(Text(random));
            case 1:
                return GrammarNode.Characters(new CharacterRange('a', 'a' + random.Next(2)));
            case 2:
                return random.Next(2) == 0 ? new ReferenceNode(random.Next(rules)) : GrammarNode.Characters(CharacterRange.All);
            case 3 or 4:
                return GrammarNode.Sequence([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Node(random, rules, depth - 1))]);
            case 5:
                return GrammarNode.Choice([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Node(random, rules, depth - 1))]);
            default:
                int min = random.Next(3);
                return Node(random, rules, depth - 1).Repeat(min, random.Next(2) == 0 ? null : min + random.Next(3));
        }
    }
}
