using System.Text.Json;

namespace Spud.Host.Tests.Cli;

public sealed class CompareCommandTests
{
    private static readonly string Stories = TestData.Path("stories260K/stories260K-f32.gguf");
    private static readonly string Text = TestData.Path("smollm2/wikitext.txt");

    [Fact]
    public void Variations_of_one_pipeline_are_compared_in_a_table_of_80_columns()
    {
        Spoken spoken = Compare("--vary", "cache.format=f32,f16", "--repeat", "2", "--prompt", "32", "--generate", "4");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        string[] lines = spoken.Out.Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("  A  cache.format=f32  (reference)", lines);
        Assert.Contains("  B  cache.format=f16", lines);
        Assert.Contains(lines, line => line.StartsWith("Speed: tokens per second, median of 2", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_is_one_document_with_stable_names()
    {
        Spoken spoken = Compare("--vary", "cache.format=f32,f16", "--repeat", "0", "--json");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        using JsonDocument document = JsonDocument.Parse(spoken.Out);
        JsonElement root = document.RootElement, result = root.GetProperty("result");
        Assert.Equal(["spud", "command", "created", "machine", "result", "reason"], Names(root));
        Assert.Equal(["settings", "texts", "tasks", "needles", "pipelines", "positions", "envelope", "forwardSeconds", "ownSeconds"], Names(result));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("envelope").ValueKind);
        Assert.Equal(["name", "bytes", "sha256", "windows", "tokens", "blocks", "pipelines"], Names(result.GetProperty("texts")[0]));
        Assert.Equal(["tokens", "perplexity", "perplexityRatio", "meanDivergence", "divergence99", "agreement", "parity"], Names(result.GetProperty("pipelines")[1].GetProperty("quality")));
        Assert.Equal(["value", "low", "high"], Names(result.GetProperty("pipelines")[1].GetProperty("quality").GetProperty("perplexity")));
        Assert.Equal(["name", "quality", "speed", "compute", "kvBytesPerToken", "memory", "forwardSeconds", "explanation"], Names(result.GetProperty("pipelines")[1]));
        Assert.Equal(["computeUnitsPerToken", "bitsPerComputeUnit", "roles", "expertsPerToken"], Names(result.GetProperty("pipelines")[1].GetProperty("compute")));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("pipelines")[0].GetProperty("speed").ValueKind);
        Assert.StartsWith("spud compare", root.GetProperty("command").GetString());

        static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
    }

    [Fact]
    public void Files_and_every_combination_of_variations_are_named()
    {
        using TempFolder folder = new();
        string one = folder.Write("one.json", """{ "cache": { "format": "f32" } }"""u8), two = folder.Write("two.json", "{}"u8);
        Spoken spoken = Compare(one, two, "--vary", "cache.pageTokens=16,32", "--repeat", "0");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        Assert.Contains("  A  one.json cache.pageTokens=16 ", spoken.Out);
        Assert.Contains("  D  two.json cache.pageTokens=32", spoken.Out);
    }

    [Fact]
    public void Models_are_named_by_their_files_and_held_against_the_dense_ones()
    {
        using TempFolder folder = new();
        string mixture = TestData.Path("stories260K/stories260K-moe4x-noise-f32.gguf"), narrow = TestData.Path("families/llama.gguf");
        string[] command = ["compare", Stories, mixture, narrow, "-f", Text, "--window", "32", "--repeat", "0"];
        Spoken table = Spoken.WithPlugins([.. command, "--html", folder.File("page.html")]), json = Spoken.WithPlugins([.. command, "--json"]);
        Assert.Equal((ExitCodes.Done, ""), (table.ExitCode, table.Error));
        Assert.Contains("  B  stories260K-moe4x-noise-f32.gguf", table.Out);
        Assert.All(table.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        using JsonDocument document = JsonDocument.Parse(json.Out);
        JsonElement envelope = document.RootElement.GetProperty("result").GetProperty("envelope");
        Assert.Equal([true, false, true], envelope.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("isDense").GetBoolean()));
        JsonElement needed = envelope.GetProperty("models")[1].GetProperty("denseComputeUnits").GetProperty("value");
        Assert.Equal("exact", needed.GetProperty("bound").GetString());
        // One figure has one name, in the table, in the document and on the page.
        string figure = FormattableString.Invariant($"{needed.GetProperty("value").GetDouble():0.000000}");
        Assert.Contains("CU that a dense model needs for this quality\n", table.Out);
        Assert.Contains($"B: a dense model needs {figure} CU per token", table.Out);
        string page = File.ReadAllText(folder.File("page.html"));
        Assert.Contains("<h2>CU that a dense model needs for this quality</h2>", page);
        Assert.Contains($">{figure}<", page);
    }

    [Fact]
    public void Long_contexts_are_asked_of_one_pipeline_too_and_have_stable_names()
    {
        Spoken spoken = Spoken.WithPlugins("compare", "-m", Stories, "-f", Text, "--window", "32", "--windows", "1", "--repeat", "0", "--ctx", "512", "--task", "needles", "--lengths", "448", "--depths", "50", "--cases", "1", "--bucket", "8", "--json");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        using JsonDocument document = JsonDocument.Parse(spoken.Out);
        JsonElement result = document.RootElement.GetProperty("result"), needles = result.GetProperty("needles")[0], figures = needles.GetProperty("pipelines")[0];
        Assert.Equal(["name", "file", "sha256", "questionFirst", "cases", "pipelines"], Names(needles));
        Assert.Equal(["accuracy", "relativeAccuracy", "firstCorrect", "retained", "questionsSeen", "cells", "lengths"], Names(figures));
        Assert.Equal(["length", "depth", "cases", "accuracy"], Names(figures.GetProperty("cells")[0]));
        Assert.Equal(["length", "cases", "accuracy", "peakPageBytes", "keptBytes", "prefillTokensPerSecond", "decodeTokensPerSecond", "computeUnitsPerContext"], Names(figures.GetProperty("lengths")[0]));
        Assert.Equal(["firstPosition", "lastPosition", "tokens", "pipelines"], Names(result.GetProperty("positions")[0]));
        Assert.Equal(["perplexity", "perplexityRatio"], Names(result.GetProperty("positions")[0].GetProperty("pipelines")[0]));

        static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
    }

    [Fact]
    public void A_score_by_position_is_that_of_the_tokens_from_there_on()
    {
        JsonElement Score(params string[] more)
        {
            Spoken spoken = Spoken.WithPlugins(["score", "-m", Stories, "-f", Text, "--max-tokens", "100", "--json", .. more]);
            Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
            return JsonDocument.Parse(spoken.Out).RootElement;
        }

        JsonElement whole = Score("--bucket", "33"), late = Score("--from", "67", "--bucket", "33");
        Assert.Equal([(1, 33), (34, 66), (67, 99)], whole.GetProperty("positions").EnumerateArray().Select(at => (at.GetProperty("firstPosition").GetInt32(), at.GetProperty("lastPosition").GetInt32())));
        Assert.Equal(whole.GetProperty("meanLoss").GetDouble(), whole.GetProperty("positions").EnumerateArray().Average(at => at.GetProperty("meanLoss").GetDouble()), 1e-9);
        Assert.Equal(late.GetProperty("meanLoss").GetDouble(), whole.GetProperty("positions")[2].GetProperty("meanLoss").GetDouble(), 1e-9);
        Assert.Equal(JsonValueKind.Null, Score().GetProperty("positions").ValueKind);
        Assert.Contains("--from: expected a position of 1 to 99", Spoken.WithPlugins("score", "-m", Stories, "-f", Text, "--max-tokens", "100", "--from", "100").Error);
    }

    [Fact]
    public void A_finished_comparison_leaves_its_json_and_no_state()
    {
        using TempFolder folder = new();
        Spoken spoken = Compare("--vary", "cache.format=f32,f16", "--repeat", "0", "--output", folder.File("out.json"));
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        Assert.Equal([folder.File("out.json")], Directory.GetFiles(folder.Path));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(folder.File("out.json")));
        Assert.Equal(2, document.RootElement.GetProperty("result").GetProperty("pipelines").GetArrayLength());
    }

    [Fact]
    public void A_full_disk_is_one_error_and_what_was_computed_is_kept()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/dev/full is Linux's: run this test there.");

        using TempFolder folder = new();
        string[] command = ["--vary", "cache.format=f32,f16", "--repeat", "0", "--state", folder.File("state")];
        Spoken spoken = Compare([.. command, "--output", "/dev/full"]);
        Assert.Equal(ExitCodes.Failed, spoken.ExitCode);
        Assert.Contains("/dev/full: could not be written", spoken.Error);
        Assert.True(File.Exists(folder.File("state")));

        Spoken again = Compare([.. command, "--output", folder.File("out.json")]);
        Assert.Equal(ExitCodes.Done, again.ExitCode);
        Assert.Contains("continuing the comparison", again.Error);
        Assert.False(File.Exists(folder.File("state")));
    }

    [Theory]
    [InlineData("at least two pipelines")]
    [InlineData("at least two pipelines", "--vary", "cache.format=f32")]
    [InlineData("expected path=value,value", "--vary", "cache.format")]
    [InlineData("expected path=value,value", "--vary", "cache.format=f16,")]
    [InlineData("Did you mean 'format'?", "--vary", "cache.formt=f16,f32")]
    [InlineData("missing.json", "missing.json", "other.json")]
    [InlineData("fewer than a window (4000)", "--vary", "cache.format=f16,f32", "--window", "4000")]
    [InlineData("stride", "--vary", "cache.format=f16,f32", "--stride", "33")]
    [InlineData("--ctx", "--vary", "cache.format=f16,f32", "--ctx", "16")]
    [InlineData("--task: 'needel' is not a kind of task", "--vary", "cache.format=f16,f32", "--task", "needel")]
    [InlineData("lambada asks questions of a file: lambada=FILE", "--vary", "cache.format=f16,f32", "--task", "lambada")]
    [InlineData("--lengths: expected numbers", "--vary", "cache.format=f16,f32", "--task", "needle", "--lengths", "4k")]
    [InlineData("lengths: expected 256 tokens or more", "--vary", "cache.format=f16,f32", "--task", "needle", "--lengths", "16")]
    [InlineData("depths: expected 0 to 1", "--vary", "cache.format=f16,f32", "--task", "needle", "--depths", "101")]
    [InlineData("missing.jsonl: no such file", "--vary", "cache.format=f16,f32", "--task", "lines=missing.jsonl")]
    [InlineData("from: expected a position of 1 to 31", "--vary", "cache.format=f16,f32", "--from", "32")]
    [InlineData("no such folder: /nowhere/at", "--vary", "cache.format=f16,f32", "--output", "/nowhere/at/all.json")]
    public void What_cannot_be_compared_is_refused(string why, params string[] arguments)
    {
        Spoken spoken = Compare([.. arguments, "--repeat", "0"]);
        Assert.Equal((ExitCodes.BadInput, ""), (spoken.ExitCode, spoken.Out));
        Assert.Contains(why, spoken.Error);
    }

    [Fact]
    public void A_text_is_never_overwritten_and_must_be_one()
    {
        using TempFolder folder = new();
        string text = folder.Write("text.txt", "Once upon a time"u8), empty = folder.Write("empty.txt", []);
        Assert.Contains("would overwrite a file that this command reads", Spoken.WithPlugins("compare", "-m", Stories, "-f", text, "--vary", "cache.format=f32,f16", "--window", "4", "--output", text).Error);
        Assert.Contains("the text is empty", Spoken.WithPlugins("compare", "-m", Stories, "-f", empty).Error);
        Assert.Contains("no text to compare on", Spoken.WithPlugins("compare", "-m", Stories).Error);
    }

    [Theory]
    [InlineData("a=1,2", "a=1", "a=2")]
    [InlineData("a={\"b\":[1,2]},\"x,y\"", "a={\"b\":[1,2]}", "a=\"x,y\"")]
    public void Commas_inside_of_values_separate_nothing(string option, params string[] edits) => Assert.Equal(edits, Variation.Edits(option));

    private static Spoken Compare(params string[] arguments) =>
        Spoken.WithPlugins(["compare", "-m", Stories, "-f", Text, .. arguments.Contains("--window") ? Array.Empty<string>() : ["--window", "32"], .. arguments]);
}
