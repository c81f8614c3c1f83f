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

    private static string Figures(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement result = document.RootElement.GetProperty("result");
        return string.Join('\n', result.GetProperty("pipelines").EnumerateArray().Select(pipeline => pipeline.GetProperty("quality").GetRawText()).Append(result.GetProperty("texts").GetRawText()));
    }
}
