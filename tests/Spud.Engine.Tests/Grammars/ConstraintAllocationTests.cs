using Spud.Tests.Tokenization;
using Spud.Text.Grammars;
using Spud.Text.Tokenization;
using Xunit;

namespace Spud.Tests.Grammars;

public sealed class ConstraintAllocationTests
{
    private const string Schema = """{"type":"object","properties":{"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string","maxLength":20}},"more":{}},"required":["name","tags","more"]}""";

    [Fact]
    public void A_token_costs_no_managed_byte_where_a_text_was_before()
    {
        Tokenizer tokenizer = ReferenceTokenizers.BytePair;
        ConstraintCursor cursor = TokenConstraint.Compile(Grammar.FromJsonSchema(Schema), tokenizer).Begin();
        int[] ids = tokenizer.Encode("""{"name": "Ada Lovelace", "tags": ["first", "programmer"], "more": {"a": [1, 2.5, null], "b": "c"}}""", addSpecial: false, parseSpecial: false);
        Write(cursor, ids);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
            Write(cursor, ids);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_text_learns_from_the_one_before_and_is_not_changed_by_it()
    {
        Tokenizer tokenizer = ReferenceTokenizers.BytePair;
        TokenConstraint constraint = TokenConstraint.Compile(Grammar.Parse("root ::= \"a\" [b-y]*"), tokenizer);
        int a = tokenizer.Encode("a", addSpecial: false, parseSpecial: false)[0], b = tokenizer.Encode("b", addSpecial: false, parseSpecial: false)[0];
        foreach (int end in (int[])[7, b, 7])
        {
            // Other tokens end each text.
            using ConstraintCursor cursor = constraint.Begin([end]);
            cursor.Accept(a);
            Assert.True(cursor.MayEnd && cursor.Allows(end) && cursor.Allows(b));
            Assert.Equal(end == 7, cursor.Allows(7));
        }
    }

    private static void Write(ConstraintCursor cursor, int[] ids)
    {
        cursor.Rollback(cursor.Tokens);
        foreach (int id in ids)
        {
            if (!TokenMask.Has(cursor.Allowed(), id))
                throw new InvalidOperationException($"token {id}");
            cursor.Accept(id);
        }

        if (!cursor.IsComplete)
            throw new InvalidOperationException("incomplete");
    }
}
