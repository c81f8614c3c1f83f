using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>The built-in attention over pages of one KV head each, under the reference plugin's caches.</summary>
public sealed class HeadPagesTests
{
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Plugins]);
    private static readonly string[] s_streaming = ["cache.use=reference/streaming", "cache.older=Q8_0", "cache.streamingHeads=1", "cache.recent=24", "cache.pageTokens=8"];

    [Fact]
    public void Pages_of_one_head_give_the_bits_of_shared_pages() =>
        Assert.Equal(Logits(40, "cache.use=plain", "cache.format=f32"), Logits(40, "cache.use=reference/reference", "cache.perHead=true"));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void Keys_that_heads_forget_or_move_do_not_depend_on_how_a_text_is_read(int rows) => Assert.Equal(Logits(40, s_streaming), Logits(rows, s_streaming));

    [Fact]
    public void What_a_head_forgets_goes_back_to_the_pool()
    {
        using Pipeline pipeline = Compose(s_streaming);
        using Sequence sequence = pipeline.Engine.Open();
        Read(pipeline, sequence, 40);
        LayerPages pages = pipeline.Parts.Pages.Layers[0];
        int held = pages.Pools.Sum(pool => pool.Pool.Keys.Shape[0] - pool.FreePages);
        Assert.Equal(160, sequence.Ledger.KeptTokens(0, pages.KvHeads - 1));
        Assert.InRange(sequence.Ledger.KeptTokens(0, 0), 4 + 24, 4 + 24 + 8);
        Assert.InRange(held, 0, (160 + 8) / 8 * (pages.KvHeads - 1) + 8 + pages.KvHeads);
        sequence.Dispose();
        Assert.All(pages.Pools, pool => Assert.Equal(pool.Pool.Keys.Shape[0], pool.FreePages));
    }

    [Fact]
    public void An_attention_that_reads_shared_pages_alone_is_refused_with_those_that_read_both()
    {
        using PluginCatalog plugins = PluginCatalog.Discover([TestData.Path("frozen-plugin-1.0/plugin"), TestData.Built("Reference") + "/..", TestData.Plugins]);
        PipelineDocument document = PipelineDocument.Load(null, [$"model={TestData.Path("quantised/base-f16.gguf")}", "attention.use=frozen/frozen", "cache.use=reference/reference", "cache.perHead=true"]);
        string message = Assert.Throws<CompositionException>(() => Pipeline.Compose(document, plugins, new PipelineOptions())).Message;
        Assert.StartsWith("layer 0: attention 'frozen/frozen' cannot read the per-head pages of cache 'reference/reference'. It reads pages that all heads share. Choose an attention that reads them (", message);
        Assert.Contains("backend.cpu/cpu", message);
        Assert.Contains("reference/reference", message[message.IndexOf("Choose", StringComparison.Ordinal)..]);
    }

    private static float[] Logits(int rows, params string[] edits)
    {
        using Pipeline pipeline = Compose(edits);
        using Sequence sequence = pipeline.Engine.Open();
        return Read(pipeline, sequence, rows);
    }

    private static Pipeline Compose(params string[] edits) => Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={TestData.Path("quantised/base-f16.gguf")}", "context=256", "head.activations=f32", "attention.activations=f32", "experts.activations=f32", .. edits]),
        s_plugins, new PipelineOptions { Threads = 2, Rows = 64, LogitRows = 64 });

    private static float[] Read(Pipeline pipeline, Sequence sequence, int rows)
    {
        int[] text = [.. Enumerable.Range(0, 160).Select(i => (i * 7 + i * i % 5) % pipeline.Model.Vocabulary)];
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> logits = [];
        for (int done = 0; done < text.Length;)
        {
            int read = pipeline.Engine.Step(batch, sequence, text.AsSpan(done, Math.Min(rows, text.Length - done)), Phase.Prefill, LogitRows.All);
            for (int row = 0; row < read; row++)
                logits.AddRange(batch.Logits(0, row));
            done += read;
        }

        return [.. logits];
    }
}
