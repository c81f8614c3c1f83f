using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Prefixes;

/// <summary>Texts that are kept after their requests: those that continue them compute exactly what they would have computed alone.</summary>
public sealed class KeptTextTests
{
    private const int Blocks = 6;
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Plugins]);

    /// <summary>Everything kept, windows that let keys go, keys dropped by what rows looked at, and a router that knows what came before.</summary>
    [Theory]
    [InlineData("stories260K/stories260K-f32.gguf", "cache.pageTokens=16")]
    [InlineData("families/gemma3.gguf", "cache.pageTokens=16", "attention.activations=f32", "experts.activations=f32", "head.activations=f32")]
    [InlineData("stories260K/stories260K-f32.gguf", "cache.use=reference/observed", "cache.reviewTokens=32", "cache.window=10")]
    [InlineData("families/gemma3.gguf", "cache.pageTokens=16", "attention.activations=f32", "experts.activations=f32", "head.activations=f32", """depth={"use":"skip","layers":"0,5"}""")]
    [InlineData("stories260K/stories260K-f32.gguf", "cache.use=reference/observed", "cache.reviewTokens=32", "cache.window=10", """depth={"use":"skip","layers":"0,3"}""")]
    [InlineData("families/mixtral.gguf", """router={"use":"reference/prompt","borderTokens":48}""", """experts={"use":"reference/reference"}""", "cache.pageTokens=16", """depth={"use":"skip","layers":"1"}""")]
    [InlineData("families/mixtral.gguf", """router={"use":"reference/prompt","borderTokens":48}""", """experts={"use":"reference/reference"}""", "cache.pageTokens=16")]
    public void Random_texts_that_share_beginnings_get_the_numbers_that_they_get_alone(string model, params string[] edits)
    {
        using Pipeline pipeline = Compose(model, new() { Threads = 1, Sequences = 3, CacheTokens = 500, KeptTokens = 500, LogitRows = 1, Rows = 64 }, edits);
        using Pipeline alone = Compose(model, new() { Threads = 1, LogitRows = 1, Rows = 64 }, edits);
        Engine engine = pipeline.Engine;

        // Shared pages are not compacted, so that the same keys lie in other runs, and are summed in another order.
        float tolerance = Pools(pipeline).Any(pool => pool.SlackPages is not null) ? 1e-4f : 0;
        PrefixOwner[] owners = [new("one", 1), new("two", 1), new("one", 0.5f)];
        Random random = new(7);
        long reused = 0;
        List<(Sequence Sequence, PrefixOwner Owner)> open = [];
        for (int i = 0; i < 60; i++)
        {
            if (open.Count == 2)
                KeepOne();

            PrefixOwner owner = owners[random.Next(owners.Length)];
            int[] text = Text(random, pipeline.Model.Vocabulary);
            PrefixMatch? match = engine.Kept.Find(owner, text, text.Length - 1);
            Sequence sequence = engine.Open();
            if (match is { } found)
            {
                engine.Kept.Restore(found, sequence);
                Assert.Equal((found.Tokens, owner), (sequence.Tokens, found.Text.Owner));
                Assert.Equal(text[..found.Tokens], sequence.Ids);
                reused += found.Tokens;
            }

            using Sequence fresh = alone.Engine.Open();
            float[] expected = LastLogits(alone, fresh, text), got = LastLogits(pipeline, sequence, text);
            Assert.Equal(KeptOf(fresh), KeptOf(sequence));
            Assert.InRange(expected.Zip(got).Max(pair => Math.Abs(pair.First - pair.Second)), 0, tolerance);
            open.Add((sequence, owner));
        }

        while (open.Count > 0)
            KeepOne();

        Assert.NotEqual(0, reused);
        RequireAllFreeOrKept(pipeline);
        engine.Kept.Clear();
        Assert.Equal(0, engine.Kept.Count);
        Assert.All(Pools(pipeline), pool => Assert.Equal((pool.PageCount, 0), (pool.FreePages, pool.KeptPages)));

        void KeepOne()
        {
            (Sequence sequence, PrefixOwner owner) = open[0];
            open.RemoveAt(0);
            engine.Kept.Keep(sequence, owner, sequence.Tokens);
            Assert.True(sequence.IsDisposed);
        }
    }

    [Fact]
    public void The_text_that_was_not_used_for_the_longest_time_goes_first_and_from_its_end()
    {
        using Pipeline pipeline = Compose("stories260K/stories260K-f32.gguf", new() { Threads = 1, Sequences = 2, CacheTokens = 512 }, "cache.pageTokens=16");
        Engine engine = pipeline.Engine;
        PrefixOwner owner = new("one", 1);
        int[][] texts = [.. Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 160).Select(j => 3 + (i * 31 + j * 7) % 400).ToArray())];
        foreach (int[] text in texts)
            Keep(text);

        // The first is used again, so the second is the oldest. 30 of 32 pages are kept.
        Assert.Equal(160, Reusable(texts[0]));
        using (Sequence again = engine.Open())
            engine.Kept.Restore(engine.Kept.Find(owner, texts[0], 160)!.Value, again);

        using Sequence other = engine.Open();
        LastLogits(pipeline, other, [.. Enumerable.Repeat(5, 33)]);
        Assert.Equal((160, 96, 160), (Reusable(texts[0]), Reusable(texts[1]), Reusable(texts[2])));
        LastLogits(pipeline, other, [.. Enumerable.Repeat(5, 180)]);
        Assert.Equal((160, 0, 160), (Reusable(texts[0]), Reusable(texts[1]), Reusable(texts[2])));
        LastLogits(pipeline, other, [.. Enumerable.Repeat(5, 511)]);
        Assert.Equal(0, engine.Kept.Count);

        void Keep(int[] text)
        {
            Sequence sequence = engine.Open();
            LastLogits(pipeline, sequence, text);
            engine.Kept.Keep(sequence, owner, text.Length);
        }

        int Reusable(int[] text) => engine.Kept.Find(owner, text, text.Length)?.Tokens ?? 0;
    }

    [Fact]
    public void A_longer_text_replaces_its_beginnings_and_a_beginning_is_not_kept_twice()
    {
        using Pipeline pipeline = Compose("stories260K/stories260K-f32.gguf", new() { Threads = 1, Sequences = 2 }, "cache.pageTokens=16");
        int[] text = [.. Enumerable.Range(0, 200).Select(i => 3 + i * 7 % 400)];
        foreach (int tokens in new[] { 100, 200, 150, 64 })
        {
            Sequence sequence = pipeline.Engine.Open();
            LastLogits(pipeline, sequence, text[..tokens]);
            pipeline.Engine.Kept.Keep(sequence, new("one", 1), tokens);
            Assert.Equal(1, pipeline.Engine.Kept.Count);
        }

        Assert.Equal(200, pipeline.Engine.Kept.Find(new("one", 1), text, 200)?.Tokens);
        RequireAllFreeOrKept(pipeline);
    }

    private static void RequireAllFreeOrKept(Pipeline pipeline) => Assert.All(Pools(pipeline), pool => Assert.Equal(pool.PageCount, pool.FreePages + pool.KeptPages));

    private static IEnumerable<PoolPages> Pools(Pipeline pipeline) => pipeline.Parts.Pages.Layers.SelectMany(layer => layer.Pools);

    private static string KeptOf(Sequence sequence) => string.Join('\n', sequence.Tables.SelectMany((table, layer) => table.KeptKeys().Select(kept => $"{layer} {kept.Pool} {kept.Head}: {string.Join(' ', kept.Positions)}")));

    /// <summary>A few blocks of one of two ids each, so that texts begin alike, and a tail that ends somewhere.</summary>
    private static int[] Text(Random random, int vocabulary)
    {
        List<int> text = [];
        for (int block = random.Next(1, Blocks); block > 0; block--)
            text.AddRange(Enumerable.Range(random.Next(2) * 50, 25).Select(i => 3 + i * 7 % (vocabulary - 3)));

        return [.. text, .. Enumerable.Range(0, random.Next(1, 20)).Select(i => 3 + i % 2)];
    }

    private static float[] LastLogits(Pipeline pipeline, Sequence sequence, int[] text)
    {
        using Batch batch = pipeline.Engine.NewBatch();
        while (sequence.Tokens < text.Length)
            pipeline.Engine.Step(batch, sequence, text[sequence.Tokens..], Phase.Prefill, LogitRows.Last);

        return batch.Logits(0).ToArray();
    }

    private static Pipeline Compose(string model, PipelineOptions options, params string[] edits) =>
        Pipeline.Compose(PipelineDocument.Load(null, [$"model={TestData.Path(model)}", .. edits]), s_plugins, options);
}
