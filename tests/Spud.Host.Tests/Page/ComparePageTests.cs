using System.Xml.Linq;
using Spud.Evaluation.Comparison;
using Spud.Host.Tests.Cli;

namespace Spud.Host.Tests.Page;

public sealed class ComparePageTests
{
    private const string Nasty = "<script>document.title='taken'</script> & \"quoted\".json";

    // Left where they can be looked at.
    private static string Screenshot(string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName, name + ".png");

    [Theory]
    [InlineData("desktop-light", 1200, false)]
    [InlineData("desktop-dark", 1200, true)]
    [InlineData("phone-light", 390, false)]
    [InlineData("phone-dark", 360, true)]
    public async Task A_browser_shows_it_without_complaint_request_or_overflow(string name, int width, bool dark)
    {
        using TempFolder folder = new();
        string file = Page(folder, folder.Write("a.json", """{ "router": { "experts": 4 } }"""u8), folder.Write("b.json", """{ "router": "dynamic", "attention": [ { "layers": "0-1", "use": "cpu", "activations": "f32" }, "cpu" ] }"""u8));
        await using Browser browser = await Browser.Start();
        Seen seen = await browser.Look(file, width, dark, Screenshot(name));
        Assert.Empty(seen.Complaints);
        Assert.All(seen.Requests, request => Assert.True(request.StartsWith("file:", StringComparison.Ordinal) || request == "data:,", request));
        Assert.Equal(width, seen.ContentWidth);
        Assert.Empty(seen.Overflowing);
        Assert.Equal(6, seen.Pictures);
        Assert.Equal(dark ? "rgb(18, 18, 17)" : "rgb(246, 246, 243)", seen.Background);
        Assert.Contains("≠\u00a0router.", seen.Text);
        Assert.True(new FileInfo(Screenshot(name)).Length > 50_000);
    }

    [Theory]
    [InlineData("tasks-desktop-light", 1200, false)]
    [InlineData("tasks-desktop-dark", 1200, true)]
    [InlineData("tasks-phone-dark", 360, true)]
    public async Task Models_positions_and_long_contexts_are_shown_without_overflow_too(string name, int width, bool dark)
    {
        using TempFolder folder = new();
        string file = folder.File("page.html");
        Spoken spoken = Spoken.WithPlugins([
            "compare", TestData.Path("stories260K/stories260K-f32.gguf"), TestData.Path("families/llama.gguf"), TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"), "-f", TestData.Path("smollm2/wikitext.txt"),
            "--window", "64", "--from", "16", "--repeat", "0", "--ctx", "512", "--task", "passkey", "--task", "needles", "--lengths", "448,480", "--depths", "0,50,100", "--cases", "1", "--html", file]);
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        await using Browser browser = await Browser.Start();
        Seen seen = await browser.Look(file, width, dark, Screenshot(name));
        Assert.Empty(seen.Complaints);
        Assert.Equal(width, seen.ContentWidth);
        Assert.Empty(seen.Overflowing);
        // Front, positions, envelope, experts, two of roles, and a map for each pipeline and task.
        Assert.Equal(6 + 2 * 3, seen.Pictures);
        Assert.Contains("CU that a dense model needs for this quality", seen.Text);
    }

    [Fact]
    public void Names_of_files_are_text_and_never_markup()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("such names are not allowed on Windows");

        using TempFolder folder = new();
        string page = File.ReadAllText(Page(folder, folder.Write("a.json", "{}"u8), folder.Write(Nasty.Replace('/', '_') + "\u0007", "{}"u8)));
        Assert.DoesNotContain("<script", page);
        Assert.Contains("&lt;script&gt;document.title=", page);
        Assert.DoesNotContain('\u0007', page);
    }

    [Fact]
    public void The_file_is_whole_and_needs_nothing_else()
    {
        using TempFolder folder = new();
        string page = File.ReadAllText(Page(folder, "--vary", "cache.format=f32,f16"));
        XElement root = XElement.Parse(page.Replace("<!DOCTYPE html>", ""));
        Assert.Empty(root.Descendants("slot"));
        Assert.Empty(root.Descendants("script"));
        Assert.DoesNotContain(root.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" && attribute.Value != "data:,");
        Assert.Equal(6, root.Descendants("svg").Count());
        Assert.All(root.Descendants("svg"), svg => Assert.NotEmpty(svg.Element("desc")!.Value));
        Assert.Contains("spud compare -m", root.Descendants("pre").Single().Value);
    }

    [Fact]
    public void Whoever_is_beaten_in_quality_and_compute_is_not_on_the_front()
    {
        using TempFolder folder = new();
        PipelineResult any = Result();
        PipelineResult[] all = [At(1, 10), At(1.1, 5), At(1.2, 6), At(1.1, 5), At(1, 11)];
        Assert.Equal([0, 1, 3], FrontChart.Front(all));

        PipelineResult At(double ratio, double units) => any with { Quality = any.Quality with { PerplexityRatio = new(ratio, null, null) }, Compute = any.Compute with { ComputeUnitsPerToken = units } };
    }

    [Theory]
    [InlineData(0.98, 1.12)]
    [InlineData(0.2691, 0.2691)]
    [InlineData(0, 1e-6)]
    [InlineData(5, 38_245)]
    public void An_axis_holds_its_values_between_round_ticks(double low, double high)
    {
        Scale scale = new([low, high], 0, 100);
        Assert.True(scale.Low <= low && high <= scale.High && scale.Low < scale.High);
        (double Value, string Label)[] ticks = [.. scale.Ticks];
        Assert.InRange(ticks.Length, 3, 9);
        Assert.Equal(ticks.Length, ticks.Select(tick => tick.Label).Distinct().Count());
        Assert.InRange(scale.At(low), 0, scale.At(high));
    }

    private static PipelineResult Result()
    {
        Spoken spoken = Compare("--vary", "cache.format=f32,f16", "--json");
        return System.Text.Json.JsonSerializer.Deserialize(spoken.Out, CompareJson.Readable.CompareReport)!.Result.Pipelines[0];
    }

    private static string Page(TempFolder folder, params string[] arguments)
    {
        Spoken spoken = Compare([.. arguments, "--html", folder.File("page.html")]);
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        return folder.File("page.html");
    }

    private static Spoken Compare(params string[] arguments) => Spoken.WithPlugins([
        "compare", "-m", TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"), "-f", TestData.Path("smollm2/wikitext.txt"), "--window", "64", "--prompt", "32", "--generate", "4", "--repeat", "3", .. arguments]);
}
