using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Spud.Tests.Execution.Folds;
using Xunit;

namespace Attention.Ring.Tests;

/// <summary>Pipelines whose keys are distributed over ranks in this process, against the pipeline without ranks.</summary>
public sealed class RingPipelineTests
{
    private static readonly int[] s_text = [.. Enumerable.Range(0, 100).Select(static i => i * 37 % 500 + 3)];
    private const string Plain = """attention={"use":"backend.cpu/cpu","activations":"f32"}""";

    public static TheoryData<string, int> Families => new MatrixTheoryData<string, int>(["llama", "gemma3", "gpt-oss", "qwen3"], [1, 2, 3, 4, 8]);

    /// <summary>One rank folds as the attention itself does; several differ in the order of sums alone.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_and_greedy_text_are_those_without_ranks(string family, int ranks)
    {
        (float[] plain, int[] plainText) = Read(family, [Plain]);
        (float[] ring, int[] ringText) = Read(family, [Ring(ranks)]);
        if (ranks == 1)
            Assert.Equal(plain, ring);

        AssertNear(plain, ring);
        Assert.Equal(plainText, ringText);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Any_number_of_threads_gives_the_same_bits(int ranks)
    {
        (float[] one, _) = Read("llama", [Ring(ranks)], threads: 1);
        foreach (int threads in new[] { 2, 3, 4 })
            Assert.Equal(one, Read("llama", [Ring(ranks)], threads: threads).Logits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void However_many_rows_a_step_has_the_logits_are_near(int rows) =>
        AssertNear(Read("llama", [Ring(4)], rows: 16).Logits, Read("llama", [Ring(4)], rows: rows).Logits);

    /// <summary>Pools by head, pools in several formats, keys that are gone.</summary>
    [Theory]
    [InlineData("cache={\"use\":\"reference\",\"perHead\":true,\"pageTokens\":4}")]
    [InlineData("cache={\"use\":\"streaming\",\"older\":\"F32\",\"recent\":20,\"sinks\":3}")]
    [InlineData("cache={\"use\":\"streaming\",\"older\":\"F16\",\"recent\":20,\"sinks\":3,\"streamingHeads\":2}")]
    public void Every_cache_is_distributed(string cache)
    {
        AssertNear(Read("llama", [Plain, cache]).Logits, Read("llama", [Ring(3), cache]).Logits);
        AssertNear(Read("llama", [Plain, cache]).Logits, Read("llama", [Ring(4, attention: "reference"), cache]).Logits);
    }

    [Fact]
    public void Dual_chunk_attention_works_inside_each_rank()
    {
        const string Chunks = """{"use":"dual-chunk","chunkTokens":12,"localTokens":5}""";
        AssertNear(
            Read("llama", [$$"""attention={"use":"backend.cpu/cpu","activations":"f32","fold":[{{Chunks}}]}"""]).Logits,
            Read("llama", [$$"""attention={"use":"backend.cpu/cpu","activations":"f32","fold":[{"use":"ring","ranks":3,"blockTokens":5},{{Chunks}}]}"""]).Logits);
    }

    /// <summary>Several texts of unequal lengths in one step, a fork, a text that goes back, and ranks without any keys.</summary>
    [Theory]
    [InlineData(2, 3)]
    [InlineData(4, 2)]
    [InlineData(8, 16)]
    public void Forks_rollbacks_and_several_texts_are_as_without_ranks(int ranks, int blockTokens) =>
        AssertNear(Woven(Plain), Woven(Ring(ranks, blockTokens)));

    [Fact]
    public void A_cancelled_step_leaves_nothing_on_any_rank()
    {
        using Pipeline pipeline = Compose("llama", 64, 2, Ring(4));
        using Sequence sequence = pipeline.Engine.Open();
        using CancellationTokenSource source = new();
        Step(pipeline, sequence, s_text[..20]);
        sequence.Cancellation = source.Token;
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Step(pipeline, sequence, s_text[20..60]));
        Assert.Equal(20, sequence.Tokens);
        Assert.Equal(20, sequence.KeptKeys(0).Sum(static keys => keys.Positions.Length));

        sequence.Cancellation = CancellationToken.None;
        using Pipeline fresh = Compose("llama", 64, 2, Ring(4));
        using Sequence other = fresh.Engine.Open();
        Step(fresh, other, s_text[..20]);
        Assert.Equal(Step(fresh, other, s_text[20..60]), Step(pipeline, sequence, s_text[20..60]));
    }

    [Fact]
    public void Every_rank_has_the_keys_of_its_blocks()
    {
        using Pipeline pipeline = Compose("llama", 64, 2, Ring(2, blockTokens: 5));
        using Sequence sequence = pipeline.Engine.Open();
        Step(pipeline, sequence, s_text[..43]);
        ZigzagOrder order = new(2, 5);
        foreach (KeptKeys keys in sequence.KeptKeys(0))
            Assert.Equal(Enumerable.Range(0, 43).Where(position => order.RankOf(position) == keys.Pool), keys.Positions);
    }

    /// <summary>Every rank's memory is its own: a context that one rank cannot hold is held by four.</summary>
    [Fact]
    public void A_context_that_does_not_fit_one_ranks_memory_fits_four()
    {
        string[] large = ["context=4096", "cache.pageTokens=16"];
        string refused = Assert.Throws<CompositionException>(() => Compose("llama", 64, 1, [Ring(1, 256, memoryMiB: 3), .. large])).Message;
        Assert.Contains("The pages of keys and values for 4,096 tokens do not fit the memory: ring rank 0 may use 3 MiB", refused);
        Assert.Contains("Use more ranks, a shorter context or a larger memoryMiB.", refused);

        using Pipeline four = Compose("llama", 64, 1, [Ring(4, 256, memoryMiB: 3), .. large]), plain = Compose("llama", 64, 1, [Plain, .. large]);
        int[] text = [.. Enumerable.Range(0, 4096).Select(static i => i * 37 % 500 + 3)];
        using Sequence sharded = four.Engine.Open(), whole = plain.Engine.Open();
        AssertNear(Step(plain, whole, text), Step(four, sharded, text));
        Assert.Equal(4096, sharded.Tokens);
    }

    [Fact]
    public void Explain_shows_where_each_ranks_pages_are()
    {
        using Pipeline pipeline = Compose("llama", 64, 1, Ring(2), "cache={\"use\":\"streaming\",\"older\":\"F32\"}");
        Assert.Equal(
            [(0, (int?)0, "ring rank 0"), (0, 1, "ring rank 1"), (1, 0, "ring rank 0"), (1, 1, "ring rank 1")],
            PipelineExplanation.Of(pipeline).Pages.Select(static pages => (pages.Pool, pages.Shard, pages.Domain)));
    }

    /// <summary>Work is counted by the ring itself, for every rank, and the receipt shows it.</summary>
    [Fact]
    public void The_work_of_each_rank_is_counted_and_nearly_equal_on_a_long_text()
    {
        using Pipeline pipeline = Compose("gemma3", 64, 1, Ring(4, blockTokens: 4));
        using Sequence sequence = pipeline.Engine.Open();
        int[] text = [.. Enumerable.Range(0, 500).Select(static i => i * 37 % 500 + 3)];
        Step(pipeline, sequence, text);
        double[] work = [.. sequence.Ledger.Reported.Where(static figure => figure.Component == "backend.cpu/cpu").Select(static figure => figure.Value)];
        Assert.Equal(Enumerable.Range(0, 4).Select(FoldedKeys.NameOf), sequence.Ledger.Reported.Select(static figure => figure.Name));
        Assert.Equal(Pairs(pipeline.Model, text.Length), work.Sum());
        Assert.InRange(work.Max() / work.Average(), 1, 1.02);

        static double Pairs(ModelDescription model, int tokens) => model.Layers.Sum(layer =>
            Enumerable.Range(0, tokens).Sum(position => Math.Min(position + 1, (double)layer.Number(Trait.Window, float.PositiveInfinity))) * layer.Kv.Heads);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Pipeline pipeline = Compose("llama", 8, 2, Ring(4));
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        Assert.Equal(0, DecodeSteps.AllocatedBy(pipeline, sequence, batch));
    }

    [Theory]
    [InlineData("""{"use":"cpu","fold":[{"use":"ring","ranks":0}]}""", "$.attention.fold[0].ranks must be a whole number from 1 to 64")]
    [InlineData("""{"use":"cpu","fold":[{"use":"ring","ranks":65}]}""", "$.attention.fold[0].ranks must be a whole number from 1 to 64")]
    [InlineData("""{"use":"cpu","fold":[{"use":"ring","memoryMiB":0}]}""", "$.attention.fold[0].memoryMiB")]
    [InlineData("""{"use":"cpu","fold":[{"use":"ring","blockToken":8}]}""", "Did you mean 'blockTokens'?")]
    [InlineData("""{"use":"reference","device":"pretend","fold":[{"use":"ring"}]}""", "its ranks fold in host memory, but the attention works in pretend memory. Use an attention on the processor, such as 'cpu'.")]
    [InlineData("""{"use":"cpu","fold":[{"use":"ring"},{"use":"ring"}]}""", "distributes keys over shards, which the outermost decorator alone may do")]
    public void What_does_not_go_together_is_refused(string attention, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<Exception>(() => Compose("llama", 8, 2, $"attention={attention}")).Message, StringComparison.Ordinal);

    private static string Ring(int ranks, int blockTokens = 6, int? memoryMiB = null, string attention = "backend.cpu/cpu") =>
        $$"""attention={"use":"{{attention}}"{{(attention == "reference" ? "" : ",\"activations\":\"f32\"")}},"fold":[{"use":"ring","ranks":{{ranks}},"blockTokens":{{blockTokens}}{{(memoryMiB is { } most ? $",\"memoryMiB\":{most}" : "")}}}]}""";

    /// <summary>The logits of every position of the text, and 30 greedy tokens behind it.</summary>
    private static (float[] Logits, int[] Text) Read(string family, string[] edits, int rows = 16, int threads = 2)
    {
        using Pipeline pipeline = Compose(family, rows, threads, edits);
        return Read(pipeline);
    }

    /// <summary>Likewise, of a pipeline that is there.</summary>
    internal static (float[] Logits, int[] Text) Read(Pipeline pipeline)
    {
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> logits = [];
        for (int done = 0, read; done < s_text.Length; done += read)
        {
            read = pipeline.Engine.Step(batch, sequence, s_text.AsSpan(done), Phase.Prefill, LogitRows.All);
            for (int row = 0; row < read; row++)
                logits.AddRange(batch.Logits(0, row));
        }

        List<int> text = [IndexOfMax([.. logits[^pipeline.Model.Vocabulary..]])];
        while (text.Count < 30)
        {
            pipeline.Engine.Step(batch, sequence, [text[^1]], Phase.Decode, LogitRows.Last);
            logits.AddRange(batch.Logits(0));
            text.Add(IndexOfMax(batch.Logits(0)));
        }

        return ([.. logits], [.. text]);
    }

    private static float[] Woven(string edit)
    {
        using Pipeline pipeline = Compose("llama", 64, 2, edit);
        return Woven(pipeline);
    }

    /// <summary>Three texts, of which one is a fork and one goes back.</summary>
    internal static float[] Woven(Pipeline pipeline)
    {
        using Sequence first = pipeline.Engine.Open(), second = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> logits = [];
        batch.Add(first, s_text.AsSpan(0, 33), Phase.Prefill, LogitRows.Last);
        batch.Add(second, s_text.AsSpan(50, 2), Phase.Prefill, LogitRows.Last);
        pipeline.Engine.Run(batch);
        logits.AddRange([.. batch.Logits(0), .. batch.Logits(1)]);
        using Sequence fork = first.Fork();
        first.Truncate(9);
        for (int token = 0; token < 14; token++)
        {
            batch.Clear();
            foreach (Sequence sequence in new[] { first, second, fork })
                batch.Add(sequence, [token * 11 + sequence.Tokens], Phase.Decode, LogitRows.Last);
            pipeline.Engine.Run(batch);
            for (int entry = 0; entry < 3; entry++)
                logits.AddRange(batch.Logits(entry));
        }

        return [.. logits];
    }

    /// <summary>Reads all of a text; returns the logits of its last token.</summary>
    private static float[] Step(Pipeline pipeline, Sequence sequence, int[] text)
    {
        using Batch batch = pipeline.Engine.NewBatch();
        for (int done = 0; done < text.Length;)
            done += pipeline.Engine.Step(batch, sequence, text.AsSpan(done), Phase.Prefill, LogitRows.Last);

        return batch.Logits(0).ToArray();
    }

    private static int IndexOfMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            best = logits[i] > logits[best] ? i : best;

        return best;
    }

    internal static void AssertNear(float[] expected, float[] got)
    {
        float range = expected.Max() - expected.Min();
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - got[i]) <= 1e-5f * range, $"logit {i}: {got[i]}, expected {expected[i]}, range {range}");
    }

    internal static Pipeline Compose(string family, int rows, int threads, params string[] edits) => Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={TestData.Path($"families/{family}.gguf")}", "head.use=reference", "router.use=reference", "experts.use=reference", "cache.use=reference", "cache.pageTokens=4", .. edits]),
        PluginCatalog.Discover([TestData.Reference, TestData.Plugins]),
        new PipelineOptions { Threads = threads, Rows = rows, LogitRows = rows, Sequences = 3 });
}
