using System.Text.RegularExpressions;
using System.Xml.Linq;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Snapshots;

/// <summary>Help texts, tables, the schema and pages, word for word.</summary>
public sealed partial class SnapshotTests : IDisposable
{
    private static readonly string s_mixture = TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf");

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("")]
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
    [InlineData("plugins check")]
    [InlineData("plugins add")]
    [InlineData("plugins remove")]
    [InlineData("setup")]
    [InlineData("schema")]
    [InlineData("conversations")]
    [InlineData("conversations list")]
    [InlineData("conversations show")]
    [InlineData("conversations export")]
    [InlineData("conversations delete")]
    [InlineData("accounts")]
    [InlineData("accounts list")]
    [InlineData("market")]
    [InlineData("market simulate")]
    [InlineData("accounts show")]
    [InlineData("accounts add")]
    [InlineData("accounts deposit")]
    [InlineData("accounts withdraw")]
    [InlineData("accounts limit")]
    [InlineData("accounts enable")]
    [InlineData("accounts disable")]
    [InlineData("accounts key")]
    [InlineData("accounts revoke")]
    [InlineData("accounts check")]
    [InlineData("jobs")]
    [InlineData("jobs list")]
    [InlineData("jobs show")]
    [InlineData("jobs cancel")]
    [InlineData("jobs bid")]
    [InlineData("receipts")]
    [InlineData("receipts list")]
    [InlineData("receipts show")]
    [InlineData("prices")]
    [InlineData("prices list")]
    [InlineData("prices show")]
    [InlineData("prices add")]
    [InlineData("prices apply")]
    public void Help(string command) =>
        Match(Spoken.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]).Out, command.Length == 0 ? "help" : $"help-{command.Replace(' ', '-')}");

    [Fact]
    public void Schema() => Match(Said("schema"), "schema");

    [Fact]
    public void Plugins() => Match(Said("plugins"), "plugins");

    [Theory]
    [InlineData("dense", "families/llama.gguf")]
    [InlineData("mixture", "families/qwen2moe.gguf", "--set", "router.use=dynamic", "--set", "cache.format=bf16", "--set", "attention=[{\"layers\":\"0\",\"use\":\"cpu\",\"activations\":\"f32\"},\"cpu\"]")]
    public void Explain(string name, string model, params string[] settings) =>
        Match(WithoutNumbers(Said(["explain", "-m", TestData.Path(model), "--threads", "2", .. settings])), $"explain-{name}");

    [Fact]
    public void CompareTable() => Match(WithoutNumbers(Compare()), "compare-table");

    [Fact]
    public void CompareTablesOfPositionsAndTasks()
    {
        string exact = _temp.File("exact.txt");
        File.WriteAllText(exact, "Question: Who?\nAnswer: Lily\n\f\nQuestion: Where?\nAnswer: There\n");
        string page = _temp.File("tasks.html");
        string table = Said([
            "compare", TestData.Path("stories260K/stories260K-q8_0.gguf"), TestData.Path("families/llama.gguf"), s_mixture, "-f", TestData.Path("smollm2/wikitext.txt"), "--window", "64", "--from", "32", "--repeat", "0", "--ctx", "512",
            "--task", $"exact={exact}", "--task", "needles", "--lengths", "384,448", "--depths", "0,100", "--cases", "1", "--html", page]);
        Match(WithoutNumbers(table.Replace(exact, "EXACT")), "compare-tasks-table");
        XElement root = XElement.Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", ""));
        Match(WithoutNumbers(string.Join('\n', root.Descendants("section").Where(section => section.Element("h2")!.Value is var title && (title.StartsWith("needles", StringComparison.Ordinal) || title.Contains("position") || title.Contains("CU that")))
            .SelectMany(section => section.Descendants("table")).SelectMany(TableLines))), "compare-tasks-page");
    }

    [Fact]
    public void ComparePage()
    {
        string page = _temp.File("page.html");
        Compare("--html", page);
        XElement root = XElement.Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", ""));
        Match(WithoutNumbers(string.Join('\n', root.Descendants("table").SelectMany(TableLines))), "compare-page");
    }

    private static IEnumerable<string> TableLines(XElement table) =>
        table.Descendants("tr").Select(row => string.Join(" | ", row.Elements().Select(cell => string.Join(' ', cell.DescendantNodes().OfType<XText>().Select(text => text.Value.Trim()))))).Append("");

    private string Compare(params string[] more) => Said([
        "compare", "-m", s_mixture, "-f", TestData.Path("smollm2/wikitext.txt"), "--window", "64", "--vary", "router.experts=2,1",
        "--repeat", "1", "--prompt", "16", "--generate", "2", .. more]);

    // With the built-in plugins that need no setup: what the others say depends on the machine.
    private string Said(params string[] arguments)
    {
        string folder = Directory.CreateDirectory(_temp.File("plugins")).FullName;
        foreach (string id in new[] { "backend.cpu", "router.dynamic" })
        {
            if (!Directory.Exists(Path.Combine(folder, id)))
                Directory.CreateSymbolicLink(Path.Combine(folder, id), Path.Combine(Spoken.PluginFolder, id));
        }

        Spoken spoken = Spoken.Of([.. arguments, "--plugins", folder]);
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        return spoken.Out.Replace(folder, "PLUGINS").Replace(TestData.Root, "ROOT");
    }

    // Memory and speed are the machine's, and so is the width of columns; a small model's memory may be unknown.
    private static string WithoutNumbers(string text) =>
        Blanks().Replace(Numbers().Replace(text.Replace("unknown", "0").Replace(Machine.Here().Processor, "PROCESSOR"), "#"), " ").Replace("# measured #", "#");

    private static void Match(string text, string name) => TextSnapshot.Match(text.Replace($"Default: {Environment.ProcessorCount}, this", "Default: N, this"), name);

    [GeneratedRegex(@"(?<![\p{L}\d_.])-?\d[\d,.]*( (bytes|[KMGT]iB))?")]
    private static partial Regex Numbers();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();
}
