using Spud.Text.Grammars;
using Xunit;

namespace Spud.Tests.Grammars;

/// <summary>llama.cpp's notation of grammars.</summary>
public sealed class GbnfTests
{
    // Texts are separated by '¦'.
    [Theory]
    [InlineData("root ::= \"a\"", "a", "b¦¦aa")]
    [InlineData("root ::= \"a\" | \"b\" # a comment\n", "a¦b", "ab")]
    [InlineData("root ::= [a-cx]+", "abcx", "d¦")]
    [InlineData("root ::= [^\\n\"]*", "¦any — text", "a\nb¦\"")]
    [InlineData("root ::= [a-]", "a¦-", "b")]
    [InlineData("root ::= [\\]\\[\\\\]+", "][\\", "a")]
    [InlineData("root ::= \"\\x41\\u00e9\\U0001F600\\t\\\\\\\"\"", "Aé😀\t\\\"", "A")]
    [InlineData("root ::= .{2}", "é😀¦\n\n", "é¦abc")]
    [InlineData("root ::= \"a\"{2,3} \"b\"{1} \"c\"{0,} \"d\"{,1}", "aab¦aaabccd", "ab¦aabbd¦aabdd")]
    [InlineData("root ::= \"a\"? \"b\"*", "¦a¦abb", "aa")]
    [InlineData("root ::=\n  item (\",\" item)*\n\nitem ::= [0-9]+ |\n  [a-z]+", "12,ab,3", ",¦")]
    [InlineData("root ::= (\n  \"a\"\n  | \"b\" # either\n)", "a¦b", "ab")]
    [InlineData("root ::= \"(\" root \")\" | ", "¦((()))", "(()")]
    [InlineData("root ::= ws \"x\" ws\nws ::= | \" \" ws", "x¦  x ", "xx")]
    [InlineData("root ::= rule-1_a\r\nrule-1_a ::= \"z\"\r\n", "z", "")]
    [InlineData("root ::= \"\" | \"a\"", "¦a", "b")]
    [InlineData("root ::= (\"a\"?)* \"b\"", "b¦aab", "a")]
    public void A_grammar_matches_its_texts(string grammar, string matched, string refused)
    {
        Grammar parsed = Grammar.Parse(grammar);
        Assert.All(matched.Split('¦'), text => Assert.True(parsed.Matches(text), $"'{text}'"));
        Assert.All(refused.Split('¦'), text => Assert.False(parsed.Matches(text), $"'{text}'"));
    }

    [Theory]
    [InlineData(128, 128)]
    [InlineData(0, 129)]
    [InlineData(200, 500)]
    [InlineData(64, 64 + 128)]
    [InlineData(300, null)]
    public void A_long_repetition_counts_exactly(int min, int? max)
    {
        // Of characters of one to three bytes: counted in chunks, within which states share their masks.
        Grammar grammar = Grammar.Parse($"root ::= [^b]{{{min},{max}}} \"b\"");
        foreach (int length in (int[])[min - 1, min, min + 1, min + 63, min + 64, (max ?? 700) - 1, max ?? 700, (max ?? 700) + 1])
        {
            if (length >= 0)
                Assert.Equal(length >= min && (max is null || length <= max), grammar.Matches(string.Concat(Enumerable.Repeat("aé€", length / 3 + 1))[..length] + "b"));
        }
    }

    [Theory]
    [InlineData("root = \"a\"", 1, 6, "expected '::=' after the rule name 'root'")]
    [InlineData("root ::= \"a", 1, 10, "the literal does not end")]
    [InlineData("root ::= \"a\nb\"", 1, 10, "the literal does not end")]
    [InlineData("root ::= [a", 1, 10, "the class does not end")]
    [InlineData("root ::= [z-a]", 1, 14, "the range from U+007A to U+0061 is descending")]
    [InlineData("root ::= []", 1, 10, "the class contains no character")]
    [InlineData("root ::= (\"a\"\n", 2, 1, "expected ')' for the '(' in line 1, column 10")]
    [InlineData("root ::= \"a\")", 1, 13, "expected the end of the line, got ')'")]
    [InlineData("root ::= \"\\q\"", 1, 11, "unknown escape")]
    [InlineData("root ::= \"\\uD800\"", 1, 11, "expected 4 hexadecimal digits")]
    [InlineData("root ::= \"a\"{3,2}", 1, 13, "expected a maximum of at least 3, got 2")]
    [InlineData("root ::= \"a\"{}", 1, 13, "expected a number")]
    [InlineData("root ::= \"a\"{9999999}", 1, 14, "expected at most 1000000 repetitions")]
    [InlineData("root ::= a\nb ::= \"b\"", 1, 10, "rule 'a' is not defined")]
    [InlineData("a ::= \"a\"", 1, 1, "expected a rule named 'root'")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", 2, 1, "rule 'root' is defined twice, first in line 1")]
    [InlineData("root ::= \"a\" root", 1, 1, "rule 'root' never ends")]
    [InlineData("root ::= root \"a\" | \"b\"", 1, 1, "rule 'root' is left-recursive")]
    [InlineData("root ::= \"x\" a\na ::= ws b\nb ::= a \"y\" | \"z\"\nws ::= \" \"*", 2, 1, "rule 'a' is left-recursive")]
    [InlineData("root ::= <|end|>", 1, 10, "tokens (<name>, <[id]>) cannot be used")]
    [InlineData("", 1, 1, "expected a rule named 'root'")]
    public void A_fault_has_its_place(string grammar, int line, int column, string problem)
    {
        GrammarException fault = Assert.Throws<GrammarException>(() => Grammar.Parse(grammar));
        Assert.StartsWith($"line {line}, column {column}: {problem}", fault.Message);
    }

    [Fact]
    public void Grammars_that_explode_are_refused()
    {
        Assert.Contains("more than 300000 states", Assert.Throws<GrammarException>(() => Grammar.Parse("root ::= ((\"abc\"{100}){100}){100}")).Message);
        Assert.Contains("nest deeper", Assert.Throws<GrammarException>(() => Grammar.Parse("root ::= " + new string('(', 5000) + "\"a\"" + new string(')', 5000))).Message);
        Assert.Contains("expected at most", Assert.Throws<GrammarException>(() => Grammar.Parse(new string(' ', 2 << 20))).Message);
    }

    [Fact]
    public void Any_text_is_parsed_or_refused()
    {
        const string Other = "\"[](){}|*+?:=\\#,-^ab1 \n\uD800";
        const string Valid = "root ::= item (\",\" item){1,3} | \"é\" # c\nitem ::= [^a-z\\n]+ | \"x\" (\"y\"? \"z\")*";
        Random random = new(5);
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            char[] text = Valid.ToCharArray();
            for (int edits = random.Next(1, 4); edits > 0; edits--)
                text[random.Next(text.Length)] = Other[random.Next(Other.Length)];
            try
            {
                Grammar.Parse(new(text));
            }
            catch (GrammarException fault)
            {
                Assert.StartsWith("line ", fault.Message);
                refused++;
            }
        }

        Assert.InRange(refused, 500, 2999);
    }
}
