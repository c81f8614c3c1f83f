using System.Text.RegularExpressions;
using Snapshooter.Xunit3;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Snapshots;

/// <summary>
/// What people read, word for word: every change of it shows in a review. To accept changes, run with SPUD_UPDATE_SNAPSHOTS=1 and commit
/// what changed in __snapshots__.
/// </summary>
public sealed partial class SnapshotTests
{
    private static readonly string s_model = TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf");

    [Theory]
    [InlineData("spud")]
    [InlineData("run")]
    [InlineData("chat")]
    [InlineData("tokenize")]
    [InlineData("score")]
    [InlineData("calibrate")]
    [InlineData("bench")]
    [InlineData("compare")]
    [InlineData("explain")]
    [InlineData("doctor")]
    [InlineData("plugins")]
    [InlineData("schema")]
    public void Help(string command) => Match(Spoken.Of(command == "spud" ? ["--help"] : [command, "--help"]).Out, $"help-{command}");

    [Fact]
    public void Explanation_of_a_pipeline() => Match(Spoken.WithPlugins("explain", "-m", s_model, "--threads", "2").Out, "explain");

    [Fact]
    public void Schema_of_a_pipeline() => Match(Spoken.WithPlugins("schema").Out, "schema");

    [Fact]
    public void Table_and_page_of_a_comparison()
    {
        using TempFolder folder = new();
        Spoken compared = Spoken.WithPlugins(
            "compare", "-m", s_model, "-f", TestData.Path("smollm2/wikitext.txt"), "--vary", "router.experts=2,1", "--window", "32", "--windows", "2", "--repeat", "0", "--threads", "2",
            "--html", folder.File("page.html"));
        Match(Figures().Replace(compared.Out, "#"), "compare");
        Match(Figures().Replace(File.ReadAllText(folder.File("page.html")).Replace(folder.Path, "FOLDER"), "#"), "page");
    }

    // Figures with a fraction are measured, or differ with the processor's vector width; their places in the text are what is looked at.
    [GeneratedRegex(@"\d[\d.,]*\.\d+(E[+-]\d+)?|\d{4}-\d\d-\d\d[T ][\d:+Z]*")]
    private static partial Regex Figures();

    private static void Match(string text, string name)
    {
        string processors = $"Default: {Environment.ProcessorCount}, this";
        string here = text.ReplaceLineEndings("\n").Replace(Spoken.PluginFolder, "PLUGINS").Replace(TestData.Root, "ROOT").Replace(processors, "Default: N, this");
        Snapshot.Match(ProcessorName().Replace(here, "PROCESSOR"), name);
    }

    [GeneratedRegex(@"(?<=; |>)[^;<\n]*(?:Processor|CPU|Xeon|EPYC|Core)[^<\n.]*", RegexOptions.IgnoreCase)]
    private static partial Regex ProcessorName();
}
