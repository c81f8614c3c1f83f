using Spud.Runtime.Execution;
using Xunit;

namespace Spud.Runtime.Tests.Execution.EndToEnd;

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

    private static (float[] Logits, int ExpertsUsed) Logits(string model, params string[] edits) => Logits(model, threads: 2, chunk: 64, edits);

    private static (float[] Logits, int ExpertsUsed) Logits(string model, int threads, int chunk, params string[] edits)
    {
        using CpuPipeline cpu = new(TestData.Path(model), new() { Threads = threads, LogitRows = 64, Sequences = 1 }, edits: edits);
        using Sequence sequence = cpu.Engine.Open();
        float[] logits = cpu.AllLogits(sequence, CpuPipeline.Tokens("families/prompt.tokens.bin"), chunk);
        return (logits, cpu.Pipeline.Model.Layers[^1].ExpertsUsed);
    }
}
