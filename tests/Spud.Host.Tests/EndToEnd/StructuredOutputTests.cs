using System.Text.RegularExpressions;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>Answers in a given form, as <c>docs/structured-output.md</c> shows them.</summary>
public sealed partial class StructuredOutputTests
{
    [Fact]
    public void The_examples_of_the_document_print_what_it_says()
    {
        using TempFolder folder = new();
        string document = File.ReadAllText(Path.Combine(TestData.Root, "docs", "structured-output.md"));
        foreach (Match file in NamedFile().Matches(document))
            folder.Write(file.Groups["path"].Value, System.Text.Encoding.UTF8.GetBytes(file.Groups["content"].Value));

        MatchCollection examples = Example().Matches(document);
        Assert.Equal(4, examples.Count);
        foreach (Match example in examples)
        {
            string expected = example.Groups["output"].Value;
            Outcome outcome = Spud.Shell($"cd '{Path.GetDirectoryName(folder.File("x"))}' && \"$SPUD\" {example.Groups["command"].Value} -m '{TestData.DefaultModel}'");
            if (expected.StartsWith("error:", StringComparison.Ordinal))
                Assert.Equal((2, "", expected), (outcome.ExitCode, outcome.Output, outcome.Error));
            else
                Assert.Equal(expected, outcome.Succeeded().Output);
        }
    }

    [Fact]
    public void A_chat_is_held_to_a_form_and_let_go()
    {
        using TempFolder folder = new();
        string grammar = folder.File("yes.gbnf");
        File.WriteAllText(grammar, "root ::= \"yes\" | \"no\"");
        byte[] input = System.Text.Encoding.UTF8.GetBytes($"/format {grammar}\nIs Paris in France?\n/format off\nSay a long sentence.\n/format {folder.File("none")}\n");
        Outcome outcome = Spud.Run(input, ["chat", "--plain", "--max-tokens", "8"]);
        string[] lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.Trim() is "yes" or "no");
        Assert.Contains("Answers are free.", outcome.Output + outcome.Error);
        Assert.Contains("none", outcome.Error);
    }

    [Theory]
    [InlineData("root ::= x", "line 1, column 10: rule 'x' is not defined")]
    [InlineData("root ::= root \"a\" | \"b\"", "line 1, column 1: rule 'root' is left-recursive")]
    public void A_grammar_with_a_fault_is_refused_with_its_place(string grammar, string fault)
    {
        using TempFolder folder = new();
        string file = folder.Write("g.gbnf", System.Text.Encoding.UTF8.GetBytes(grammar));
        Spud.Run("run", "-m", Spud.Stories, "--raw", "--grammar", file, "Once").Refused(2, $"{file}: {fault}");
    }

    [Fact]
    public void Bad_input_is_one_error()
    {
        using TempFolder folder = new();
        Spud.Run("run", "-m", Spud.Stories, "--raw", "--json-schema", "{\"type\":", "Once").Refused(2, "--json-schema: ");
        Spud.Run("run", "-m", Spud.Stories, "--raw", "--json-schema", folder.File("none.json"), "Once").Refused(2, "none.json");
        Spud.Run("run", "-m", Spud.Stories, "--raw", "--json-schema", "{}", "--grammar", "g", "Once").Refused(2, "--grammar and --json-schema both say what the answer must be");
    }

    [Fact]
    public void A_form_that_is_cut_says_so()
    {
        Outcome outcome = Spud.Run("run", "-m", Spud.Stories, "--raw", "--json", "--max-tokens", "4", "--json-schema", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":20}", "Once").Succeeded();
        Assert.Equal("length", outcome.Json.GetProperty("finish").GetString());
        Assert.StartsWith("[", outcome.Json.GetProperty("text").GetString());
    }

    [GeneratedRegex(@"^\*\*`(?<path>[^`\n]+)`\*\*\n\n```\w+\n(?<content>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"^```console\n\$ spud (?<command>[^\n]+)\n(?<output>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Example();
}
