using System.Diagnostics;
using System.Text.Json;

namespace Spud.Host.Tests.EndToEnd;

public sealed class CompareTests
{
    private const int Repetitions = 12;

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public void An_interrupted_or_killed_comparison_goes_on_and_comes_to_the_figures_of_a_whole_one(string signal, int exitCode)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("needs POSIX signals");

        using TempFolder folder = new();
        string text = folder.Write("text.txt", [.. Enumerable.Repeat(File.ReadAllBytes(TestData.Path("smollm2/wikitext.txt")), Repetitions).SelectMany(bytes => bytes)]);
        string[] command = ["compare", "-m", Spud.Stories, "--vary", "cache.format=f32,f16", "-f", text, "--window", "64", "--repeat", "0"];
        string output = folder.File("out.json"), state = output + ".unfinished";
        Process process = Spud.Start(Spud.Program, [.. command, "--output", output]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(state) || process.HasExited, TimeSpan.FromMinutes(3)));
        Assert.False(process.HasExited, "it was done before it could be interrupted");
        Spud.Signal(process, signal);
        Outcome interrupted = Spud.Finish(process, []);
        Assert.Equal(exitCode, interrupted.ExitCode);
        Assert.False(File.Exists(output));
        if (signal == "INT")
            Assert.Contains("the same command continues from there", interrupted.Error);

        Outcome resumed = Spud.Run([.. command, "--output", output]).Succeeded();
        Assert.Contains("continuing the comparison", resumed.Error);
        Assert.False(File.Exists(state));
        Assert.Equal(Figures(Spud.Run([.. command, "--json"]).Succeeded().Output), Figures(File.ReadAllText(output)));
    }

    [Fact]
    public void Drafts_are_compared_by_position_and_by_step()
    {
        using TempFolder folder = new();
        string text = folder.Write("text.txt", [.. Enumerable.Repeat("Once upon a time, there was a little girl named Lily. She loved to play outside in the park. "u8.ToArray(), 12).SelectMany(static bytes => bytes)]);
        string[] command = ["compare", "-m", Spud.Stories, "--vary", "drafter=none,lookup", "--set", "budget.prefer=fixed", "-f", text, "--window", "64", "--windows", "3", "--repeat", "1", "--prompt", "100", "--generate", "80"];
        JsonElement[] pipelines = [.. Spud.Run([.. command, "--json"]).Succeeded().Json.GetProperty("result").GetProperty("pipelines").EnumerateArray()];
        Assert.False(pipelines[0].TryGetProperty("drafts", out JsonElement none) && none.ValueKind != JsonValueKind.Null);
        JsonElement drafts = pipelines[1].GetProperty("drafts");
        (long tokens, long drafted, long accepted) = (drafts.GetProperty("tokens").GetInt64(), drafts.GetProperty("drafted").GetInt64(), drafts.GetProperty("accepted").GetInt64());
        Assert.Equal(80, tokens);
        Assert.InRange(accepted, 1, drafted);
        Assert.Equal(tokens / (double)(tokens - accepted), drafts.GetProperty("tokensPerStep").GetDouble(), 1);
        Assert.All(drafts.GetProperty("acceptance").EnumerateArray(), static share => Assert.InRange(share.GetDouble(), 0, 1));

        string table = Spud.Run(command).Succeeded().Output;
        Assert.Contains("Drafts: 80 tokens generated greedily behind 100 tokens of each text", table, StringComparison.Ordinal);
        Assert.Contains($"{accepted}/{drafted}", table, StringComparison.Ordinal);
    }

    private static string Figures(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement result = document.RootElement.GetProperty("result");
        return string.Join('\n', result.GetProperty("pipelines").EnumerateArray().Select(pipeline => pipeline.GetProperty("quality").GetRawText()).Append(result.GetProperty("texts").GetRawText()));
    }
}
