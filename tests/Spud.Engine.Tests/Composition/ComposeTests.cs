using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Composition;

public sealed class ComposeTests
{
    private static string Llama => TestData.Path("families/llama.gguf");

    [Fact]
    public void Numbers_below_one_are_refused_before_the_model_is_opened()
    {
        PipelineOptions[] wrong = [new() { Threads = 0 }, new() { Sequences = 0 }, new() { Rows = -1 }, new() { LogitRows = 0 }, new() { CacheTokens = 0 }];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => new CpuPipeline("no such model.gguf", options)));
    }

    [Fact]
    public void Rows_of_a_step_never_exceed_what_all_sequences_hold()
    {
        using CpuPipeline few = new(Llama, new PipelineOptions { Threads = 1, Rows = 512, Sequences = 2 }, edits: "context=20");
        Assert.Equal((40, 2, 20, 2), (few.Pipeline.Limits.Rows, few.Pipeline.Limits.Sequences, few.Pipeline.Limits.ContextTokens, few.Pipeline.Limits.LogitRows));
    }

    [Fact]
    public void A_component_that_nobody_offers_is_refused_by_name_with_the_known_ones()
    {
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => new CpuPipeline(Llama, edits: ["router.use=top-q", "cache.use=plane"]));
        Assert.Contains("router", refusal.Message);
        Assert.Contains("top-q", refusal.Message);
        Assert.Contains("top-k", refusal.Message);
        Assert.Contains("plane", refusal.Message); // both faults at once
        Assert.Contains("plain", refusal.Message);
    }

    [Fact]
    public void A_model_that_is_not_there_is_refused_by_its_path() =>
        Assert.Contains("no such model.gguf", Assert.Throws<ModelFileException>(() => new CpuPipeline("/no such model.gguf")).Message);

    [Fact]
    public void A_context_beyond_the_models_own_is_allowed_and_said()
    {
        List<string> lines = [];
        using CpuPipeline pipeline = new(Llama, new PipelineOptions { Threads = 1, Log = lines.Add }, edits: "context=600");
        Assert.Contains(lines, line => line.Contains("context of 600 tokens", StringComparison.Ordinal) && line.Contains("512", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pipeline_with_one_component_a_phase_splits_its_phases()
    {
        string json = $$"""{ "model": "{{Llama}}", "experts": [ { "phase": "decode", "use": "cpu", "activations": "q8" }, { "use": "cpu", "activations": "f32" } ] }""";
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "pipeline.json");
        File.WriteAllText(path, json);
        using Pipeline pipeline = Pipeline.Compose(PipelineDocument.Load(path, []), CpuPipeline.Plugins, new PipelineOptions { Threads = 1 });
        Assert.True(pipeline.Parts.SplitsPhases);
        Assert.NotSame(pipeline.Parts.At(0, Phase.Prefill).Experts.Component, pipeline.Parts.At(0, Phase.Decode).Experts.Component);
        Assert.Same(pipeline.Parts.At(0, Phase.Prefill).Attention.Component, pipeline.Parts.At(0, Phase.Decode).Attention.Component);
    }

    [Fact]
    public void What_was_allocated_is_counted_and_given_back()
    {
        CpuPipeline pipeline = new(Llama, new PipelineOptions { Threads = 2, LogitRows = 64 });
        PipelineParts parts = pipeline.Pipeline.Parts;
        pipeline.Generate([1, 2, 3], 2);
        Assert.InRange(parts.Memory.Bytes, 1 << 20, 1 << 30);
        pipeline.Dispose();
        Assert.Equal(0, parts.Memory.Bytes);
        Assert.All(parts.Components, component => Assert.Equal(0, component.Memory.Bytes));
    }
}
