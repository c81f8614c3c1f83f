using System.Diagnostics;
using System.Text;

namespace Spud.Host.Tests.EndToEnd;

public sealed class RunTests
{
    private static readonly string[] s_greedy = ["--raw", "-m", Spud.Stories, "--temperature", "0", "--max-tokens", "8"];

    [Fact]
    public void An_answer_of_the_embedded_model_goes_to_standard_output_and_the_figures_to_standard_error()
    {
        Outcome outcome = Spud.Run("run", "--seed", "1", "--max-tokens", "4", "What is the capital of France?").Succeeded();
        Assert.Matches(@"^[^\[\]]+\n$", outcome.Output);
        Assert.Matches(@"^\[prompt \d+ tokens at [\d.]+/s, generated 4 tokens at [\d.]+/s, first token after [\d.]+ s, [\d.]+ CU, cut at --max-tokens\]\n$", outcome.Error);
    }

    [Fact]
    public void Output_is_utf8_without_a_byte_order_mark_and_without_escapes_for_a_terminal()
    {
        Outcome outcome = Spud.Run(["run", .. s_greedy, "Once upon a time"]).Succeeded();
        Assert.Equal((byte)',', outcome.OutputBytes[0]);
        Assert.DoesNotContain((byte)0x1b, outcome.OutputBytes);
        Assert.DoesNotContain('\x1b', outcome.Error);
    }

    [Theory]
    [InlineData("@Once upon")]
    [InlineData("[red]Once[/] upon")]
    [InlineData("[suggest]")]
    public void A_prompt_may_begin_with_anything(string prompt) =>
        Assert.True(Spud.Run(["run", .. s_greedy, "--json", prompt]).Succeeded().Json.GetProperty("promptTokens").GetInt32() > 1);

    [Fact]
    public void A_prompt_that_begins_with_a_dash_goes_after_two_or_into_a_file()
    {
        string after = Spud.Run(["run", .. s_greedy, "--", "-5 apples"]).Succeeded().Output;
        string piped = Spud.Run("-5 apples"u8.ToArray(), ["run", .. s_greedy, "-f", "-"]).Succeeded().Output;
        Assert.Equal(after, piped);
        Spud.Run(["run", .. s_greedy, "-5 apples"]).Refused(2, "has no option '-5 apples'", "'--'");
    }

    [Fact]
    public void A_prompt_from_a_file_keeps_line_breaks_of_every_kind_but_one_at_its_end()
    {
        using TempFolder folder = new();
        const string Prompt = "a\rb\r\nc\fd\u0085e\u2028f\u2029g";
        int Tokens(params string[] prompt) => Spud.Run(["run", .. s_greedy, "--json", .. prompt]).Succeeded().Json.GetProperty("promptTokens").GetInt32();
        int expected = Tokens(Prompt);
        foreach (string end in (string[])["", "\n", "\r\n"])
            Assert.Equal(expected, Tokens("-f", folder.Write("prompt.txt", Encoding.UTF8.GetBytes(Prompt + end))));
        Assert.NotEqual(expected, Tokens("-f", folder.Write("prompt.txt", Encoding.UTF8.GetBytes(Prompt + "\n\n"))));
    }

    [Fact]
    public void A_seed_makes_the_text_reproducible_and_json_tells_all_figures()
    {
        string[] line = ["run", "--raw", "-m", Spud.Stories, "--temperature", "1", "--max-tokens", "30", "--seed", "7", "--json", "Once"];
        Outcome first = Spud.Run(line).Succeeded(), second = Spud.Run(line).Succeeded();
        Assert.Equal(first.Json.GetProperty("text").GetString(), second.Json.GetProperty("text").GetString());
        Assert.Equal(7u, first.Json.GetProperty("seed").GetUInt64());
        Assert.Equal("length", first.Json.GetProperty("finish").GetString());
        Assert.Equal(30, first.Json.GetProperty("generatedTokens").GetInt32());
        Assert.All(["prefillTokensPerSecond", "decodeTokensPerSecond", "timeToFirstToken"], name => Assert.True(first.Json.GetProperty(name).GetDouble() > 0, name));
    }

    [Fact]
    public void A_stop_string_ends_the_text_and_is_no_part_of_it()
    {
        Outcome outcome = Spud.Run(["run", "--raw", "-m", Spud.Stories, "--temperature", "0", "--stop", "nobody says this", "--stop", "girl", "--json", "Once upon a time"]).Succeeded();
        Assert.Equal(", there was a little ", outcome.Json.GetProperty("text").GetString());
        Assert.Equal("stopString", outcome.Json.GetProperty("finish").GetString());
        Assert.Equal("girl", outcome.Json.GetProperty("stopString").GetString());
    }

    [Fact]
    public void A_reader_that_has_seen_enough_ends_the_program_quietly()
    {
        using TempFolder folder = new();
        string code = folder.File("code"), errors = folder.File("errors");
        Spud.Shell($"( \"$SPUD\" run --raw -m '{Spud.Stories}' --seed 1 --max-tokens 500 Once 2> '{errors}'; echo $? > '{code}' ) | head -c 1");
        Assert.Equal("0\n", File.ReadAllText(code));
        Assert.Empty(File.ReadAllText(errors));
    }

    [Fact]
    public void A_full_disk_behind_standard_output_is_one_error()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("needs /dev/full (Linux)");

        Spud.Shell($"\"$SPUD\" run --raw -m '{Spud.Stories}' --max-tokens 3 Once > /dev/full").Refused(1, "No space left");
    }

    [Fact]
    public void Two_programs_may_write_one_file_after_the_other()
    {
        using TempFolder folder = new();
        string file = folder.File("both");
        string one = $"\"$SPUD\" run --raw -m '{Spud.Stories}' --temperature 0 --max-tokens 3 Once";
        Spud.Shell($"( {one}; {one} ) > '{file}'").Succeeded();
        string[] lines = File.ReadAllLines(file);
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0], lines[1]);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void An_interrupt_keeps_the_text_so_far_and_ends_the_line(string signal)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs POSIX signals");

        Process process = Spud.Start(Spud.Program, ["run", "--raw", "--max-tokens", "8000", "--seed", "1", "The history of the world:"]);
        int first = process.StandardOutput.Read();
        Spud.Signal(process, signal);
        Outcome outcome = Spud.Finish(process, []);
        Assert.Equal(130, outcome.ExitCode);
        Assert.NotEqual(-1, first);
        Assert.EndsWith("\n", (char)first + outcome.Output);
        Assert.Contains("interrupted]", outcome.Error);
        Assert.Empty(outcome.Faults);
    }

    [Fact]
    public void A_model_without_a_template_says_that_raw_is_the_way() =>
        Spud.Run("run", "-m", Spud.Stories, "Hello").Refused(2, "no chat template", "--raw");
}
