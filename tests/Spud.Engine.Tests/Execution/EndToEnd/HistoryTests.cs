using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>Fork, truncation and windows: what a sequence remembers decides, not how it came to remember it.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private static readonly int[] s_prompt = CpuPipeline.Tokens("families/prompt.tokens.bin");

    public static TheoryData<string, string> Pipelines => new()
    {
        { "families/llama.gguf", "f32" },
        { "families/gpt-oss.gguf", "f16" },
        { "families/qwen3moe.gguf", "f16" },
        { "quantised/base-q8_0.gguf", "f16" },
        { "families/llama.gguf", "bf16" },
        { "quantised/base-q8_0.gguf", "q8_0" },
        { "quantised/base-moe-q8_0.gguf", "q4_0" },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Both_continuations_of_a_fork_equal_runs_of_their_own(string model, string cache)
    {
        using CpuPipeline pipeline = new(TestData.Path(model), cache: cache);
        using Sequence parent = pipeline.Engine.Open();
        pipeline.LastLogits(parent, s_prompt[..21]);
        using Sequence child = parent.Fork(), idle = parent.Fork();
        Assert.Equal(21, child.Tokens);

        // In one step, into pages that all three share.
        pipeline.Batch.Clear();
        pipeline.Batch.Add(parent, s_prompt[21..26], Phase.Prefill, LogitRows.Last);
        pipeline.Batch.Add(child, s_prompt[40..48], Phase.Prefill, LogitRows.Last);
        pipeline.Engine.Run(pipeline.Batch);
        float[][] forked = [pipeline.Batch.Logits(0).ToArray(), pipeline.Batch.Logits(1).ToArray(), pipeline.LastLogits(idle, s_prompt[50..52])];

        int[][] ends = [s_prompt[21..26], s_prompt[40..48], s_prompt[50..52]];
        for (int i = 0; i < ends.Length; i++)
        {
            using Sequence fresh = pipeline.Engine.Open();
            pipeline.LastLogits(fresh, s_prompt[..21]);
            Assert.InRange(Distance.Between(forked[i], pipeline.LastLogits(fresh, ends[i])).Max, 0, pipeline.AcrossChunks);
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_text_written_again_from_an_earlier_point_equals_a_fresh_one(string model, string cache)
    {
        using CpuPipeline pipeline = new(TestData.Path(model), cache: cache);
        using Sequence sequence = pipeline.Engine.Open(), fresh = pipeline.Engine.Open();
        pipeline.LastLogits(sequence, s_prompt[..30]);
        int at = model.Contains("gpt-oss", StringComparison.Ordinal) ? 29 : 13;
        sequence.Truncate(at);
        float[] again = pipeline.LastLogits(sequence, s_prompt[40..50]);
        pipeline.LastLogits(fresh, s_prompt[..at]);
        float[] expected = pipeline.LastLogits(fresh, s_prompt[40..50]);
        Assert.InRange(Distance.Between(again, expected).Max, 0, pipeline.AcrossChunks);

        // All the way back too.
        sequence.Truncate(0);
        using Sequence other = pipeline.Engine.Open();
        Assert.Equal(pipeline.Generate(s_prompt, 3).Tokens, pipeline.Continue(sequence, pipeline.LastLogits(sequence, s_prompt), 3).Tokens);
    }

    [Theory]
    [InlineData("families/gemma3.gguf")]
    [InlineData("families/gpt-oss.gguf")]
    public void Keys_outside_the_window_are_let_go_and_never_missed(string model)
    {
        int[] text = [.. s_prompt, .. s_prompt[1..], .. s_prompt[1..], .. s_prompt[1..30]];
        using CpuPipeline dropping = new(TestData.Path(model), edits: "cache.pageTokens=16"), keeping = new(TestData.Path(model), edits: ["cache.pageTokens=512", "context=512"]);
        using Sequence dropped = dropping.Engine.Open(), kept = keeping.Engine.Open();
        float[] got = dropping.AllLogits(dropped, text, 19), expected = keeping.AllLogits(kept, text, 19);
        Distance distance = Distance.Between(got, expected);
        output.WriteLine($"{model}: largest {distance.Max:E2}");
        Assert.InRange(distance.Max, 0, Distance.AcrossChunks);

        Assert.Contains(dropped.Tables, table => table.LastDropped > 100);
        Assert.Contains(dropped.Tables, table => table.LastDropped < 0); // layers without a window keep everything
        Assert.All(kept.Tables, table => Assert.Equal(-1, table.LastDropped));
        (int[] tokens, float[] logits) = dropping.Continue(dropped, got[^dropping.Vocabulary..], 40);
        (int[] same, float[] as_) = keeping.Continue(kept, expected[^keeping.Vocabulary..], 40);
        Assert.Equal(same, tokens);
        Assert.InRange(Distance.Between(logits, as_).Max, 0, Distance.AcrossChunks);

        Assert.Contains("has dropped keys", Assert.Throws<InvalidOperationException>(() => dropped.Truncate(20)).Message);
        kept.Truncate(20);
        dropped.Truncate(0);
        Assert.InRange(Distance.Between(dropping.LastLogits(dropped, text[..33]), Fresh(keeping, text[..33])).Max, 0, Distance.AcrossChunks);

        static float[] Fresh(CpuPipeline pipeline, int[] prompt)
        {
            using Sequence sequence = pipeline.Engine.Open();
            return pipeline.LastLogits(sequence, prompt);
        }
    }

    [Fact]
    public void A_window_needs_few_pages_however_long_the_text_is()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/gemma3.gguf"), edits: ["cache.pageTokens=16"]);
        using Sequence sequence = pipeline.Engine.Open();
        int[] text = [.. s_prompt, .. s_prompt, .. s_prompt, .. s_prompt];
        pipeline.LastLogits(sequence, text, 16);
        int[] pages = [.. sequence.Tables.Select(table => table.Tables[0].Runs.Length)];
        Assert.InRange(pages.Min(), 1, 3);
        Assert.Equal((text.Length + 15) / 16, pages.Max());
    }
}
