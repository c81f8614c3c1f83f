using System.Text.Json;
using Spud.Composition;

namespace Spud.Host.Tests.Cli;

public sealed class DoctorTests
{
    private static readonly Lazy<PipelineExplanation> s_default = new(() =>
        JsonSerializer.Deserialize(Spoken.WithPlugins("explain", "--json", "--ctx", "512").Out, InspectionJson.Readable.PipelineExplanation)!);

    [Fact]
    public void AHealthyInstallationIsFine()
    {
        Spoken spoken = Spoken.WithPlugins("doctor", "--deep", "--ctx", "512");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        Assert.Contains("SHA-256 is correct", string.Join(' ', spoken.Out.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains("ok    plugin backend.cpu: 0.1.0 active", spoken.Out);
        Assert.DoesNotContain("fail", spoken.Out);
    }

    [Fact]
    public void JsonHasMachineAndChecks()
    {
        Spoken spoken = Spoken.WithPlugins("doctor", "--json", "--ctx", "512");
        DoctorReport report = JsonSerializer.Deserialize(spoken.Out, InspectionJson.Readable.DoctorReport)!;
        Assert.Equal(["system", "processor", "vectors", "memory", ".net", "model", "plugin attention.dualchunk", "plugin attention.ring", "plugin backend.cpu", "plugin backend.onnx", "plugin backend.torch", "plugin cache.compressed", "plugin depth.exit", "plugin depth.skip", "plugin drafter.heads", "plugin drafter.lookup", "plugin drafter.model", "plugin router.dynamic", "plugin router.hierarchical", "plugin scheduler.market", "pipeline"], report.Checks.Select(check => check.Name));
        Assert.Equal(Environment.ProcessorCount, report.Machine.Cores);
        Assert.InRange(report.Machine.AvailableBytes, 1, report.Machine.MemoryBytes);
        Assert.Contains("\"status\":\"ok\"", spoken.Out);
    }

    [Fact]
    public void ABrokenPluginFailsAndIsNamed()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Path, "broken"));
        File.WriteAllText(Path.Combine(folder.Path, "broken", "spud-plugin.json"), "{ \"id\": 7 }");
        Spoken spoken = Spoken.WithPlugins("doctor", "--ctx", "512", "--plugins", folder.Path);
        Assert.Equal(ExitCodes.Failed, spoken.ExitCode);
        Assert.Contains("fail  plugin broken: malformed", spoken.Out);
        Assert.Contains("-> Correct or remove", spoken.Out);
    }

    [Fact]
    public void WithoutPluginsNothingRuns()
    {
        Spoken spoken = Spoken.Of("doctor", "--ctx", "512");
        Assert.Equal(ExitCodes.Failed, spoken.ExitCode);
        Assert.Contains("fail  plugins: none in", spoken.Out);
        Assert.Contains("fail  pipeline: ", spoken.Out);
    }

    [Fact]
    public void AModelThatIsNoneFailsWithoutAnException()
    {
        Spoken spoken = Spoken.WithPlugins("doctor", "-m", Path.Combine(TestData.Root, "LICENSE"));
        Assert.Equal((ExitCodes.Failed, ""), (spoken.ExitCode, spoken.Error));
        Assert.Contains("fail  pipeline: ", spoken.Out);
    }

    [Theory]
    [InlineData(1_000, nameof(CheckStatus.Ok))]
    [InlineData(-1, nameof(CheckStatus.Warn))]
    [InlineData(-1_000_000_000, nameof(CheckStatus.Fail))]
    public void ThePipelineMustFitTheMemory(long more, string expected)
    {
        MemoryExplanation memory = s_default.Value.Memory;
        long available = Math.Max(memory.PrivateBytes / 2, memory.PrivateBytes + memory.MappedBytes + more);
        Doctor doctor = new(Machine.Here() with { AvailableBytes = available });
        doctor.CheckPipeline(modelBytes: 1, () => s_default.Value);
        DoctorCheck check = Assert.Single(doctor.Report.Checks);
        Assert.Equal(expected, check.Status.ToString());
        Assert.Equal(check.Status == CheckStatus.Ok, check.Advice is null);
    }

    [Fact]
    public void AModelLargerThanTheMemoryIsNotComposed()
    {
        Doctor doctor = new(Machine.Here() with { AvailableBytes = 1_000 });
        doctor.CheckPipeline(modelBytes: 1_001, () => throw new InvalidOperationException("composed"));
        Assert.Equal(CheckStatus.Fail, doctor.Report.Status);
        Assert.Contains("1001 bytes, 1000 bytes", doctor.Report.Checks[0].Message);
    }

    [Fact]
    public void The_model_that_is_named_is_the_one_that_is_checked()
    {
        string model = TestData.Path("stories260K/stories260K-f32.gguf");
        Spoken spoken = Spoken.WithPlugins("doctor", "-m", model, "--json");
        DoctorCheck check = JsonSerializer.Deserialize(spoken.Out, InspectionJson.Readable.DoctorReport)!.Checks.Single(check => check.Name == "model");
        Assert.Equal((CheckStatus.Ok, true), (check.Status, check.Message.StartsWith(model, StringComparison.Ordinal)));
        Assert.Contains("there is no file", Spoken.WithPlugins("doctor", "-m", "missing.gguf").Out);
    }

    [Fact]
    public void Advice_stands_apart_from_what_was_found()
    {
        Spoken spoken = Spoken.WithPlugins("doctor", "--ctx", "512", "--set", "cache.use=plian", "--json");
        DoctorCheck check = JsonSerializer.Deserialize(spoken.Out, InspectionJson.Readable.DoctorReport)!.Checks.Single(check => check.Name == "pipeline");
        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Contains("plian", check.Message);
        Assert.Contains("Did you mean 'plain'?", check.Advice);
    }

    [Fact]
    public void Everything_wrong_with_a_pipeline_is_reported_at_once_and_the_machine_is_checked_all_the_same()
    {
        using TempFolder folder = new();
        string pipeline = folder.Write(
            "wrong.json",
            """{ "cache": { "use": "plain", "formt": "f16", "pageTokens": 17000 }, "expert": "cpu", "router": { "use": "top-k", "experts": "two" }, "context": -1 }"""u8);
        string[] wrong = ["formt", "pageTokens", "expert", "experts", "context"];
        Spoken run = Spoken.WithPlugins("run", "-p", pipeline, "Hello"), doctor = Spoken.WithPlugins("doctor", "-p", pipeline);
        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Equal(wrong.Length, run.Error.Split('\n').Count(line => line.StartsWith("error: ", StringComparison.Ordinal)));
        Assert.All(wrong, name => Assert.Contains($"{name} ", run.Error));
        Assert.Equal(ExitCodes.Failed, doctor.ExitCode);
        Assert.Contains("ok    processor: ", doctor.Out);
        Assert.Contains("fail  pipeline: ", doctor.Out);
        Assert.All(wrong, name => Assert.Contains(name, doctor.Out));
    }
}
