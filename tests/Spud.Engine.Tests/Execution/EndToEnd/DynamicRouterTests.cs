using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>Router "dynamic" in whole pipelines, loaded as a plugin like any other.</summary>
public sealed class DynamicRouterTests
{
    public static TheoryData<string> Mixtures =>
    [
        "families/mixtral.gguf", "families/qwen2moe.gguf", "families/qwen3moe.gguf", "families/olmoe.gguf", "families/granitemoe.gguf",
        "families/gpt-oss.gguf", "quantised/base-moe-q4_0.gguf", "quantised/base-moe-q4_k_m.gguf", "quantised/base-moe-q6_k.gguf",
        "quantised/base-moe-q8_0.gguf", "stories260K/stories260K-moe4x-identical-f32.gguf", "stories260K/stories260K-moe4x-noise-f32.gguf",
        "stories260K/stories260K-moe4x-noise-q8_0.gguf",
    ];

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void WithAsManyExpertsAsTheModelWasTrainedWithItIsTopK(string model)
    {
        (float[] expected, int used) = Logits(model, "router.use=top-k");
        Assert.Equal(expected, Logits(model, "router.use=dynamic").Logits);
        Assert.Equal(expected, Logits(model, "router.use=dynamic", $"router.minExperts={used}", $"router.maxExperts={used}", "router.threshold=0.1", "router.temperature=2").Logits);
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void AnyNumberOfExpertsIsTopKsToo(string model)
    {
        foreach (int experts in new[] { 1, 3 })
        {
            float[] expected = Logits(model, "router.use=top-k", $"router.experts={experts}").Logits;
            Assert.Equal(expected, Logits(model, "router.use=dynamic", $"router.minExperts={experts}", $"router.maxExperts={experts}").Logits);
        }
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void PlansAreTheOraclesAndFlopsFallAsTheySay(string model)
    {
        OracleRouter? router = null;
        string path = TestData.Path(model);
        PipelineOptions options = new()
        {
            LogitRows = 64,
            RoutingProbe = (inner, description) => router = new OracleRouter(inner, description, path, new()
            {
                Least = 1,
                Most = 4,
                Threshold = 0.7,
                Temperature = 1.5f,
                Renormalises = description.Layers[^1].Has(Trait.Renormalise),
            }),
        };
        const float Effort = 0.8f;
        string[] edits = ["router.use=dynamic", "router.maxExperts=4", "router.threshold=0.7", "router.temperature=1.5"];
        PhaseLedger ledger = Read(model, options, Effort, edits), all = Read(model, new() { LogitRows = 64 }, Effort, "router.use=top-k", "router.experts=4");
        Assert.True(router!.NearTies <= router.Rows / 50, $"{router.NearTies} of {router.Rows} rows are near ties: the case says little");
        Assert.Equal(router.Entries, ledger.Of(Roles.Experts).PlanEntries);
        Assert.InRange(router.Entries, router.Rows, 4 * router.Rows - 1);

        // What a plan does not name is not computed: the experts' FLOPs fall by 2 * 3 F C an entry, and nothing else changes.
        using CpuPipeline cpu = new(path);
        ModelDescription description = cpu.Pipeline.Model;
        long entry = 6L * description.Layers[^1].ExpertWidth * description.HiddenWidth;
        Assert.Equal(all.Of(Roles.Experts).Flops - ledger.Of(Roles.Experts).Flops, entry * (4L * router.Rows - router.Entries));
        Assert.Equal(all.Of(Roles.Attention).Flops, ledger.Of(Roles.Attention).Flops);
        Assert.Equal(all.Of(Roles.Head).Flops, ledger.Of(Roles.Head).Flops);
        PhaseLedger without = Read(model, new() { LogitRows = 64 }, Effort, edits);
        Assert.Equal(all.Of(Roles.Router).Flops, without.Of(Roles.Router).Flops);
        Assert.Equal(ledger.Of(Roles.Experts).PlanEntries, without.Of(Roles.Experts).PlanEntries);
    }

    [Fact]
    public void LessEffortTakesFewerExperts()
    {
        long before = long.MaxValue;
        foreach (float effort in new[] { 1, 0.8f, 0.6f, 0.4f, 0 })
        {
            PhaseLedger ledger = Read("families/qwen3moe.gguf", new() { LogitRows = 64 }, effort, "router.use=dynamic", "router.maxExperts=8");
            Assert.True(ledger.Of(Roles.Experts).PlanEntries < before, $"effort {effort}");
            before = ledger.Of(Roles.Experts).PlanEntries;
        }

        Assert.Equal(57 * 3, before); // one for each row of three layers
    }

    [Theory]
    [InlineData("families/qwen3moe.gguf")]
    [InlineData("families/gpt-oss.gguf")]
    public void NeitherThreadsNorChunksChangeABit(string model)
    {
        string[] router = ["router.use=dynamic", "router.threshold=0.6"];
        float[] expected = Logits(model, router).Logits;
        Assert.NotEqual(Logits(model, "router.use=top-k").Logits, expected);
        Assert.Equal(expected, Logits(model, threads: 1, chunk: 7, router).Logits);
        Assert.Equal(expected, Logits(model, threads: 3, chunk: 1, router).Logits);
    }

    [Fact]
    public void ADenseModelIsComputedAsEver()
    {
        const string Dense = "families/llama.gguf";
        Assert.Equal(Logits(Dense, "router.use=top-k").Logits, Logits(Dense, "router.use=dynamic", "router.threshold=0.5").Logits);
    }

    private static PhaseLedger Read(string model, PipelineOptions options, float effort, params string[] edits)
    {
        using CpuPipeline cpu = new(TestData.Path(model), options, edits: edits);
        using Sequence sequence = cpu.Engine.Open();
        sequence.Effort = effort;
        cpu.LastLogits(sequence, CpuPipeline.Tokens("families/prompt.tokens.bin"));
        return sequence.Ledger[Phase.Prefill];
    }

    private static (float[] Logits, int ExpertsUsed) Logits(string model, params string[] edits) => Logits(model, threads: 2, chunk: 64, edits);

    private static (float[] Logits, int ExpertsUsed) Logits(string model, int threads, int chunk, params string[] edits)
    {
        using CpuPipeline cpu = new(TestData.Path(model), new() { Threads = threads, LogitRows = 64, Sequences = 1 }, edits: edits);
        using Sequence sequence = cpu.Engine.Open();
        float[] logits = cpu.AllLogits(sequence, CpuPipeline.Tokens("families/prompt.tokens.bin"), chunk);
        return (logits, cpu.Pipeline.Model.Layers[^1].ExpertsUsed);
    }
}
