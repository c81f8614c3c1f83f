using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spud.Composition;

namespace Spud.Host.Tests.Cli;

public sealed class ExplainCommandTests
{
    public static TheoryData<string> Families =>
        [.. Directory.EnumerateFiles(TestData.Path("families"), "*.gguf").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryFamilyIsExplainedIn80Columns(string family)
    {
        Spoken spoken = Spoken.WithPlugins("explain", "-m", TestData.Path($"families/{family}"));
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        string[] lines = spoken.Out.Split('\n');
        Assert.All(lines.Where(line => !line.Contains(TestData.Root)), line => Assert.InRange(line.Length, 0, 80));
        string[] titles = [.. lines.Where(line => line.Length > 0 && line[0] != ' ').Select(line => line.Split(':')[0])];
        string[] components = family is "llama.gguf" or "qwen2.gguf" or "qwen3.gguf" or "granite.gguf" or "gemma3.gguf"
            ? ["Head", "Attention", "Experts", "Cache", "Scheduler"]
            : ["Head", "Attention", "Router", "Experts", "Cache", "Scheduler"];
        Assert.Equal(["Model", "Limits", .. components, "Step", "Pages", "Memory when the context is full", "One token, expected"], titles);
    }

    [Fact]
    public void AContextBeyondTheTrainedOneIsSaidWithTheScaling()
    {
        Spoken spoken = Spoken.WithPlugins("explain", "-m", TestData.Path("families/llama.gguf"), "--ctx", "1500", "--set", "rope={\"scaling\":\"yarn\",\"targetTokens\":2048}");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        Assert.Contains("  RoPE scaled by the pipeline: yarn, factor 4, 512 to 2048 tokens\n", spoken.Out);
        Assert.Contains("  goes beyond the 512 tokens that the model was trained for\n", spoken.Out);
        Assert.DoesNotContain("RoPE scaled", Spoken.WithPlugins("explain", "-m", TestData.Path("families/llama.gguf")).Out);
    }

    [Fact]
    public void JsonIsOneDocumentWithStableNames()
    {
        Spoken spoken = Spoken.WithPlugins("explain", "--json", "--ctx", "1024", "--threads", "2", "--set", "cache.format=f32");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        using JsonDocument document = JsonDocument.Parse(spoken.Out);
        JsonElement root = document.RootElement;
        Assert.Equal(["model", "limits", "pools", "steps", "components", "scheduler", "pages", "memory", "compute"], Names(root));
        Assert.Equal(["components", "native", "arena", "pages", "stepBuffers", "batch", "runtime", "tokenizer", "privateBytes", "devices", "mappedBytes"], Names(root.GetProperty("memory")));
        Assert.Equal(["decodeAtStart", "decodeAtFullContext", "prefillAtStart", "prefillAtFullContext"], Names(root.GetProperty("compute")));
        Assert.Equal(["depth", "roles", "flops", "computeUnits", "weightBytesRead", "kvBytesRead", "kvBytesWritten"], Names(root.GetProperty("compute").GetProperty("decodeAtStart")));
        Assert.Equal(1_023, root.GetProperty("compute").GetProperty("decodeAtFullContext").GetProperty("depth").GetInt32());
        Assert.Equal("f32", root.GetProperty("components")[3].GetProperty("options").GetProperty("format").GetString());
        Assert.Equal(1_536, root.GetProperty("pages")[0].GetProperty("bytesPerTokenAndLayer").GetInt64());

        static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
    }

    [Fact]
    public void TheSchedulerIsShownWithItsOptions()
    {
        Assert.Contains("\nScheduler: fifo, built in\n  options none\n", Spoken.WithPlugins("explain").Out);
        Spoken auction = Spoken.WithPlugins("explain", "--set", "scheduler={\"use\":\"auction\",\"floor\":0.25}");
        Assert.Equal((ExitCodes.Done, ""), (auction.ExitCode, auction.Error));
        Assert.Matches("\nScheduler: scheduler.market/auction [0-9.]+\n  options [^\n]*\n?[^\n]*floor=0.25", auction.Out);
    }

    [Fact]
    public void TextOfAModelIsNeitherMarkupNorControl()
    {
        using JsonDocument document = JsonDocument.Parse(Spoken.WithPlugins("explain", "--json").Out);
        PipelineExplanation explanation = document.Deserialize(InspectionJson.Readable.PipelineExplanation)!;
        using StringWriter text = new();
        new ExplanationText(new SafeWriter(text)).Write(explanation with { Model = explanation.Model with { Name = "\e[31m[red]name[/]" } });
        Assert.Contains("\\u001b[31m[red]name[/], 134.5 million parameters", text.ToString());
        Assert.DoesNotContain('\e', text.ToString());
    }

    [Fact]
    public void FaultsOfThePipelineEndWithExitCode2()
    {
        Spoken spoken = Spoken.WithPlugins("explain", "--set", "cache.formt=f32");
        Assert.Equal((ExitCodes.BadInput, ""), (spoken.ExitCode, spoken.Out));
        Assert.Contains("Did you mean 'format'?", spoken.Error);
    }

    [Fact]
    public void PrivateMemoryOfAFullContextIsWithin10PercentOfWhatWasExplained()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("RssAnon is Linux's: run this test there.");

        const string Context = "512";
        using JsonDocument document = JsonDocument.Parse(Spoken.WithPlugins("explain", "--json", "--ctx", Context, "--threads", "2").Out);
        long explained = document.RootElement.GetProperty("memory").GetProperty("privateBytes").GetInt64();
        long measured = PeakOf("bench", "--ctx", Context, "--threads", "2", "--prompt", Context, "--depth", "504", "--generate", "8", "--repeat", "2");
        Assert.InRange(measured, 0.9 * explained, 1.1 * explained);
    }

    private static long PeakOf(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(EndToEnd.Spud.Program, arguments) { RedirectStandardOutput = true })!;
        long peak = 0;
        while (!process.WaitForExit(10))
            peak = Math.Max(peak, AnonymousBytes(process.Id));

        Assert.Equal(0, process.ExitCode);
        return peak;
    }

    private static long AnonymousBytes(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            // It ended since it was last looked at.
            return 0;
        }
    }
}
