using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Spud.Tests.Execution.Folds;
using Xunit;

namespace Attention.DualChunk.Tests;

/// <summary>Pipelines that read further than their chunks are long.</summary>
public sealed class DualChunkPipelineTests
{
    private const string Chunks = """{"use":"dual-chunk","chunkTokens":12,"localTokens":5}""";
    private static readonly int[] s_text = [.. Enumerable.Range(0, 100).Select(static i => i * 37 % 500 + 3)];

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    public void However_many_rows_a_step_has_the_logits_are_the_same(string family)
    {
        float[] expected = Logits(family, rows: 1, Decorated("backend.cpu/cpu"));
        foreach (int rows in new[] { 7, 64, 512 })
            AssertNear(expected, Logits(family, rows, Decorated("backend.cpu/cpu")));

        AssertNear(expected, Logits(family, rows: 16, Decorated("reference/reference")));
    }

    [Fact]
    public void Up_to_the_largest_distance_the_bits_are_plain_attentions_and_beyond_it_they_are_not()
    {
        int vocabulary = 512, exact = (12 + 5 + 1) * vocabulary;
        float[] plain = Logits("llama", rows: 1, "attention.activations=f32"), chunked = Logits("llama", rows: 1, Decorated("backend.cpu/cpu"));
        Assert.Equal(plain[..exact], chunked[..exact]);
        Assert.NotEqual(plain[exact..], chunked[exact..]);
    }

    /// <summary>Keys that are gone, pools by head and pools in other formats: a decorator sees runs, whoever made them.</summary>
    [Theory]
    [InlineData("cache.use=recent")]
    [InlineData("cache={\"use\":\"reference\",\"perHead\":true}")]
    [InlineData("cache={\"use\":\"streaming\",\"older\":\"F32\",\"recent\":20,\"sinks\":3}")]
    [InlineData("cache={\"use\":\"streaming\",\"older\":\"F16\",\"recent\":20,\"sinks\":3,\"streamingHeads\":2}")]
    public void Caches_that_forget_compose_with_it(string cache)
    {
        float[] expected = Logits("llama", rows: 1, Decorated("reference/reference"), cache);
        AssertNear(expected, Logits("llama", rows: 7, Decorated("reference/reference"), cache));
        AssertNear(expected, Logits("llama", rows: 64, Decorated("backend.cpu/cpu"), cache));
        Assert.NotEqual(expected, Logits("llama", rows: 1, "attention.use=reference/reference", cache));
    }

    [Fact]
    public void A_policy_that_looks_at_attention_sees_the_turned_queries()
    {
        const string observed = """cache={"use":"observed"}""";
        float[] expected = Logits("llama", rows: 1, Decorated("reference/reference"), observed);
        AssertNear(expected, Logits("llama", rows: 7, Decorated("reference/reference"), observed));
        AssertNear(expected, Logits("llama", rows: 64, Decorated("backend.cpu/cpu"), observed));
    }

    [Fact]
    public void It_works_in_a_devices_memory_and_inside_a_decorator_that_shards_keys()
    {
        float[] expected = Logits("llama", rows: 16, Decorated("reference/reference"));
        AssertNear(expected, Logits("llama", rows: 16, $$"""attention={"use":"reference","device":"pretend","fold":[{{Chunks}}]}"""));
        AssertNear(expected, Logits("llama", rows: 16, $$"""attention={"use":"reference","fold":[{"use":"split","shards":3,"blockTokens":5},{{Chunks}}]}"""));
        AssertNear(expected, Logits("llama", rows: 16, $$"""attention={"use":"backend.cpu/cpu","activations":"f32","fold":[{"use":"split","shards":2,"blockTokens":9},{{Chunks}}]}"""));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Pipeline pipeline = Compose("llama", 8, Decorated("backend.cpu/cpu"));
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        Assert.Equal(0, DecodeSteps.AllocatedBy(pipeline, sequence, batch));
    }

    [Theory]
    [InlineData("""{"use":"dual-chunk","chunkTokens":0}""", "chunkTokens must be a whole number of at least 1")]
    [InlineData("""{"use":"dual-chunk","chunkTokens":8,"localTokens":9}""", "fold 'attention.dualchunk/dual-chunk' of attention 'backend.cpu/cpu': localTokens is 9: expected at most chunkTokens, which is 8")]
    public void Options_that_do_not_go_together_are_refused(string fold, string message)
    {
        Exception refusal = Assert.ThrowsAny<Exception>(() => Compose("llama", 8, $$"""attention={"use":"backend.cpu/cpu","fold":[{{fold}}]}"""));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private static string Decorated(string attention) =>
        $$"""attention={"use":"{{attention}}"{{(attention == "backend.cpu/cpu" ? ",\"activations\":\"f32\"" : "")}},"fold":[{{Chunks}}]}""";

    /// <summary>Of every position of the text.</summary>
    private static float[] Logits(string family, int rows, params string[] edits)
    {
        using Pipeline pipeline = Compose(family, rows, edits);
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> logits = [];
        for (int done = 0, read; done < s_text.Length; done += read)
        {
            read = pipeline.Engine.Step(batch, sequence, s_text.AsSpan(done), Phase.Prefill, LogitRows.All);
            for (int row = 0; row < read; row++)
                logits.AddRange(batch.Logits(0, row));
        }

        return [.. logits];
    }

    private static void AssertNear(float[] expected, float[] got)
    {
        float range = expected.Max() - expected.Min();
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - got[i]) <= 2e-5f * range, $"logit {i % 512} of position {i / 512}: {got[i]}, expected {expected[i]}");
    }

    private static Pipeline Compose(string family, int rows, params string[] edits) => Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={TestData.Path($"families/{family}.gguf")}", "head.use=reference", "router.use=reference", "experts.use=reference", "cache.use=reference", "cache.pageTokens=4", .. edits]),
        PluginCatalog.Discover([TestData.Reference, TestData.Plugins]),
        new PipelineOptions { Threads = 2, Rows = rows, LogitRows = rows, Sequences = 1 });
}
