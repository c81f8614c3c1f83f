using Spud.Host.Repl.Commands;

namespace Spud.Host.Tests.Repl;

public sealed class CommandReferenceTests
{
    private const string Begin = "<!-- commands: made from the list of commands; a test compares -->\n\n", End = "<!-- end of commands -->\n";

    /// <summary>Set SPUD_UPDATE_SNAPSHOTS to write it anew.</summary>
    [Fact]
    public void The_command_reference_in_the_documents_is_the_list_of_commands()
    {
        string path = Path.Combine(TestData.Root, "docs", "repl.md"), text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end > 0, $"{path} has no place for the commands");
        if (Environment.GetEnvironmentVariable("SPUD_UPDATE_SNAPSHOTS") is { Length: > 0 })
            File.WriteAllText(path, text = text[..begin] + CommandReference.Markdown() + text[end..]);

        Assert.Equal(CommandReference.Markdown(), text[begin..text.IndexOf(End, StringComparison.Ordinal)]);
    }
}
