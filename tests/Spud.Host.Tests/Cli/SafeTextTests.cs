using System.Text;
using System.Text.Json;

namespace Spud.Host.Tests.Cli;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain, ä, 日本, 👍🏽, \u05d0\u200f", "plain, ä, 日本, 👍🏽, \u05d0\u200f")]
    [InlineData("\u001b[31mred\u001b]0;title\u0007", "\\u001b[31mred\\u001b]0;title\\u0007")]
    [InlineData("a\rb", "a\\u000db")]
    [InlineData("a\r\nb\tc\n", "a\r\nb\tc\n")]
    [InlineData("\u009b2J\u007f", "\\u009b2J\\u007f")]
    [InlineData("evil\u202egnp.exe\u2066", "evil\\u202egnp.exe\\u2066")]
    [InlineData("a\u2028b", "a\\u2028b")]
    public void Control_characters_and_bidirectional_overrides_are_escaped_and_nothing_else(string text, string safe)
    {
        StringWriter to = new();
        new SafeWriter(to).Write(text);
        Assert.Equal(safe, to.ToString());
    }

    [Fact]
    public void Too_long_a_line_loses_its_middle_and_keeps_its_advice()
    {
        string line = SafeText.Line(new string('x', 1_000_000) + " Name another model.", 100);
        Assert.Equal(100, line.Length);
        Assert.StartsWith("xxx", line);
        Assert.EndsWith("Name another model.", line);
    }

    [Fact]
    public void Everything_that_is_said_is_made_safe_in_one_place()
    {
        StringWriter output = new(), error = new();
        using Shell shell = TestShell.Create(output, error);
        shell.Say("model '\u001b[2J'");
        new Failure("plugin \u202e: no", 2).Report(shell);
        shell.Out.WriteLine("table \u001b[2J");
        Assert.Equal($"model '\\u001b[2J'{Environment.NewLine}error: plugin \\u202e: no{Environment.NewLine}", error.ToString());
        Assert.Equal($"table \\u001b[2J{Environment.NewLine}", output.ToString());
    }

    [Fact]
    public void A_message_of_many_lines_is_cut()
    {
        StringWriter error = new();
        using Shell shell = TestShell.Create(new(), error);
        new Failure(string.Join('\n', Enumerable.Repeat("line", 1_000)), 2).Report(shell);
        Assert.InRange(error.ToString().Split('\n').Length, 10, 60);
    }

    [Theory]
    [InlineData(true, false, "\\u001b[31m")]
    [InlineData(true, true, "\u001b[31m")]
    [InlineData(false, false, "\u001b[31m")]
    public void Model_text_is_made_safe_for_a_terminal_unless_the_user_wants_it_raw(bool terminal, bool raw, string written)
    {
        StringWriter output = new();
        using Shell shell = new(Stream.Null, output, new StringWriter()) { OutIsTerminal = terminal };
        shell.WriteModelText("\u001b[31m", raw);
        Assert.Equal(written, output.ToString());
    }

    [Fact]
    public void Json_means_the_same_after_it_was_made_safe()
    {
        string name = string.Concat(Enumerable.Range(1, 0x3000).Select(code => (char)code));
        StringWriter output = new();
        using Shell shell = TestShell.Create(output, new());
        shell.WriteJson(new("id", null, "active", name, [], [], "/"), InspectionJson.Readable.PluginResult);
        Assert.Equal(name, JsonDocument.Parse(Encoding.UTF8.GetBytes(output.ToString())).RootElement.GetProperty("reason").GetString());
    }
}
