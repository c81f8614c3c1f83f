using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd;

public sealed class CalibrateExitsTests
{
    private static string Model => TestData.Path("stories260K/stories260K-f32.gguf");

    private static string Text => TestData.Path("smollm2/wikitext.txt");

    [Fact]
    public void Exits_are_trained_and_the_entry_works()
    {
        using TempFolder folder = new();
        string[] lines = Spud.Run("calibrate", "exits", "-m", Model, "-f", Text, "--max-tokens", "2000", "--layers", "2,3", "-o", folder.File("stories.exit.gguf")).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        double[][] rows = [.. lines.Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static row => row.Length == 4 && char.IsAsciiDigit(row[0][0])).Select(static row => row.Select(static cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal([2, 3], rows.Select(static row => (int)row[0]).Distinct());
        foreach (double[][] exit in rows.GroupBy(static row => row[0]).Select(static exit => exit.ToArray()))
        {
            // The higher the threshold, the fewer leave, and all leave where there is none.
            Assert.Equal(exit.Select(static row => row[2]).OrderDescending(), exit.Select(static row => row[2]));
            Assert.Equal((0, 1), (exit[0][1], exit[0][2]));
        }

        // The later exit is the better one, and both are far better than chance.
        Assert.InRange(rows.First(static row => row[0] == 2)[3], 0.1, rows.First(static row => row[0] == 3)[3]);
        const string Before = "for \"depth\": ";
        string entry = Assert.Single(lines, static line => line.Contains(Before, StringComparison.Ordinal));
        entry = entry[(entry.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..].Replace("stories.exit.gguf", folder.File("stories.exit.gguf"), StringComparison.Ordinal);
        using JsonDocument whole = Receipt(folder, "none"), early = Receipt(folder, entry.Replace("\"layers\"", "\"threshold\": 0, \"lowestThreshold\": 0, \"layers\"", StringComparison.Ordinal));
        Assert.True(early.RootElement.GetProperty("computeUnits").GetDecimal() < whole.RootElement.GetProperty("computeUnits").GetDecimal());
        Assert.Contains(early.RootElement.GetProperty("reported").EnumerateArray(), static figure => figure.GetProperty("name").GetString() == "tokens that left after layer 2" && figure.GetProperty("value").GetDouble() == 19);
    }

    /// <summary>What is scored is read as answers are generated, so that a comparison shows what leaving saves and costs.</summary>
    [Fact]
    public void A_comparison_shows_what_leaving_costs()
    {
        using TempFolder folder = new();
        string pack = folder.File("exits.gguf");
        Spud.Run("calibrate", "exits", "-m", Model, "-f", Text, "--max-tokens", "2000", "--layers", "2", "-o", pack).Succeeded();
        string Pipeline(string name, double threshold) => folder.Write(name, System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $$"""{ "depth": { "use": "exit", "layers": "2", "pack": "{{pack}}", "threshold": {{threshold}}, "lowestThreshold": 0 } }""")));
        string output = folder.File("out.json");
        Spud.Run("compare", folder.Write("whole.json", "{}"u8), Pipeline("never.json", 1), Pipeline("always.json", 0), "-m", Model, "-f", Text, "--window", "64", "--windows", "2", "--repeat", "0", "-o", output).Succeeded();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(output));
        JsonElement[] pipelines = [.. document.RootElement.GetProperty("result").GetProperty("pipelines").EnumerateArray()];
        double[] units = [.. pipelines.Select(static pipeline => pipeline.GetProperty("compute").GetProperty("computeUnitsPerToken").GetDouble())];
        double[] costs = [.. pipelines[1..].Select(static pipeline => pipeline.GetProperty("quality").GetProperty("meanDivergence").GetProperty("value").GetDouble())];
        Assert.InRange(units[1] - units[0], 0, 0.01 * units[0]);
        Assert.InRange(units[2], 0, 0.9 * units[0]);
        Assert.InRange(costs[0], 0, 1e-9);
        Assert.InRange(costs[1], 0.01, 10);
    }

    [Fact]
    public void What_cannot_be_trained_is_refused()
    {
        Spud.Run("calibrate", "exits", "-m", Model, "-f", Text, "--layers", "4").Refused(2, "--layers: the model has 5 layers; expected numbers from 0 to 3, got '4'");
        Spud.Run("calibrate", "exits", "-m", Model, "-f", Text, "--layers", "x").Refused(2, "--layers: expected numbers such as 18,22 or 16-20, got 'x'");
        Spud.Run("calibrate", "exits", "-m", Model, "-f", Text, "--max-tokens", "100").Refused(2, "the texts have 100 tokens; at least 128 are needed");
        Spud.Run("calibrate", "exits", "-m", Model).Refused(2, "no text is given");
    }

    private static JsonDocument Receipt(TempFolder folder, string depth)
    {
        string receipt = folder.File($"{(depth.Length > 10 ? "early" : "whole")}.json");
        Spud.Run("run", "--raw", "-m", Model, "--temperature", "0", "--max-tokens", "20", "--set", $"depth={depth}", "--receipt", receipt, "Once upon a time").Succeeded();
        return JsonDocument.Parse(File.ReadAllBytes(receipt));
    }
}
