using System.Text.RegularExpressions;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>The tutorial of docs/routing.md, run from its first command to its last, on this repository's model and files.</summary>
public sealed class RoutingTutorialTests
{
    private static readonly string[] s_folders = ["docs", "models", "Spud.Engine"];

    [Fact]
    public void Every_command_of_the_tutorial_does_what_it_says()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");
        using TempFolder folder = new();
        foreach (string name in s_folders)
            Directory.CreateSymbolicLink(folder.File(name), Path.Combine(TestData.Root, name));

        File.CreateSymbolicLink(folder.File("spud"), Spud.Program);
        // The REPL needs a terminal; its own tests show the task in it.
        Tutorial tutorial = Tutorial.Read("routing.md", static command => command.Contains("spud chat", StringComparison.Ordinal), section: "Tutorial");
        Assert.Equal(["pipeline.json", "dynamic.json"], tutorial.Files.Keys);
        Assert.True(tutorial.Commands.Count > 8, string.Join('\n', tutorial.Commands));
        Outcome outcome = Spud.Shell($"cd '{folder.Path}'\n{tutorial.Script}").Succeeded();
        Assert.Contains("kinds of text: prose, code; right after 64 tokens", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("written: mixture.router.gguf", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(", task code (", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("task, as the router tells: code (", outcome.Output + outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(outcome.Output, "experts per token, .* CU\n"));
        Assert.Contains("B  router.use=hierarchical", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(" MB a request", outcome.Output, StringComparison.Ordinal);
    }
}
