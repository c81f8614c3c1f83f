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
        string tutorial = Tutorial();
        (string name, string text)[] files = [.. Regex.Matches(tutorial, @"`(?<name>\w+\.json)`:\n\n```json\n(?<text>.*?)```", RegexOptions.Singleline).Select(static file => (file.Groups["name"].Value, file.Groups["text"].Value))];
        Assert.Equal(["pipeline.json", "dynamic.json"], files.Select(static file => file.name));
        foreach ((string name, string text) in files)
            File.WriteAllText(folder.File(name), text);

        // The REPL needs a terminal; its own tests show the task in it.
        string[] commands = [.. tutorial.Split('\n').Where(static line => line.StartsWith("$ ", StringComparison.Ordinal) && !line.Contains("spud chat", StringComparison.Ordinal)).Select(static line => line[2..])];
        Assert.True(commands.Length > 8, string.Join('\n', commands));
        Outcome outcome = Spud.Shell($"cd '{folder.Path}' && set -e\n{string.Join('\n', commands)}").Succeeded();
        Assert.Contains("kinds of text: prose, code; right after 64 tokens", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("written: mixture.router.gguf", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(", task code (", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("task, as the router tells: code (", outcome.Output + outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(outcome.Output, "experts per token, .* CU\n"));
        Assert.Contains("B  router.use=hierarchical", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(" MB a request", outcome.Output, StringComparison.Ordinal);
    }

    private static string Tutorial()
    {
        string text = File.ReadAllText(Path.Combine(TestData.Root, "docs", "routing.md"));
        int begin = text.IndexOf("## Tutorial", StringComparison.Ordinal);
        return text[begin..text.IndexOf("\n## ", begin, StringComparison.Ordinal)];
    }
}
