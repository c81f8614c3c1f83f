using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Observers;

/// <summary>The reference plugin's policy that keeps what rows looked at, over the built-in attention and over others.</summary>
public sealed class ObserverTests
{
    private const string Cpu = """attention={"use":"backend.cpu/cpu","activations":"f32"}""";
    private const string Reference = "attention.use=reference/reference";
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Built("Reference") + "/..", TestData.Built("Wrapper"), TestData.Plugins]);
    private static readonly string[] s_observed = ["cache.use=reference/observed", "cache.reviewTokens=32", "cache.window=10"];

    [Fact]
    public void However_many_rows_a_step_has_each_head_keeps_the_same_keys_and_a_row_has_the_same_logits()
    {
        (string kept, float[] logits) = Read(512, Cpu);
        Assert.Equal(4, kept.Split('\n').Distinct().Count(static line => line.Length > 0)); // two layers of two heads, each with keys of its own
        foreach (int rows in new[] { 64, 7, 1 })
        {
            (string keptNow, float[] logitsNow) = Read(rows, Cpu);
            Assert.Equal(kept, keptNow);
            Assert.Equal(logits, logitsNow);
        }
    }

    [Theory]
    [InlineData("""attention={"use":"reference","device":"pretend"}""")]
    [InlineData("""attention={"use":"reference","fold":[{"use":"split","shards":1}]}""")]
    public void A_device_and_a_decorator_tell_what_the_host_tells(string attention) => Assert.Equal(Read(64, Reference).Kept, Read(64, attention).Kept);

    [Fact]
    public void The_keys_that_rows_looked_at_are_those_with_the_largest_probabilities_of_the_plain_pipeline()
    {
        // Up to the first review both pipelines have computed the same.
        int[] text = Text(32);
        using Pipeline pipeline = Compose(Reference, s_observed);
        using Sequence sequence = pipeline.Engine.Open();
        Run(pipeline, sequence, text, Phase.Prefill);
        LayerPages pages = pipeline.Parts.Pages.Layers[0];
        for (int head = 0; head < pages.KvHeads; head++)
        {
            int[] kept = [.. PositionsOf(pages, sequence, head)];
            Assert.Equal([0, 1, .. kept[2..^10], .. Enumerable.Range(22, 10)], kept);
            Assert.InRange(kept.Length, 2 + 10 + 12 - 2, 2 + 10 + 12); // ties that do not fit go together
        }
    }

    [Fact]
    public void Explain_names_the_operation_and_a_pipeline_without_observer_has_none()
    {
        using Pipeline observed = Compose(Cpu, s_observed), plain = Compose(Cpu), onDevice = Compose("""attention={"use":"reference","device":"pretend"}""", s_observed);
        Assert.Equal(["project", "append", "fold", "observe", "finish", "execute"], OperationsOf(observed));
        Assert.Equal(["project", "append", "fold", "finish", "execute"], OperationsOf(plain));
        Assert.Equal(["copy hidden rows", "project", "append", "fold", "copy queries", "observe", "finish", "copy hidden rows", "execute"], OperationsOf(onDevice));

        static string[] OperationsOf(Pipeline pipeline) =>
            [.. PipelineExplanation.Of(pipeline).Steps[0].Groups.First(static group => group.Layers is not null).Operations.Select(static operation => operation.Copies is { } what ? $"{operation.Name} {what}" : operation.Name)];
    }

    [Fact]
    public void What_a_review_asks_of_attention_is_billed_to_the_cache_and_bounded_before()
    {
        using Pipeline pipeline = Compose(Cpu, s_observed);
        using Sequence sequence = pipeline.Engine.Open();
        Run(pipeline, sequence, Text(31), Phase.Prefill);
        Assert.Equal(0, FlopsOf(sequence));
        Run(pipeline, sequence, [7], Phase.Decode);
        LayerDescription of = pipeline.Model.Layers[0];
        // Ten rows at positions 22 to 31 see 23 to 32 keys of each head; a score is a product of width D.
        long scores = Enumerable.Range(23, 10).Sum() * (long)of.Kv.Heads, perScore = 2L * of.QueryHeads / of.Kv.Heads * of.Kv.KeyWidth;
        Assert.Equal(pipeline.Model.Layers.Length * scores * perScore, FlopsOf(sequence));

        using Sequence limited = pipeline.Engine.Open();
        limited.StartLedger(Budget.OfCompute(sequence.Ledger.ComputeUnits * 2));
        Run(pipeline, limited, Text(32), Phase.Prefill);
        Assert.True(limited.Ledger.ComputeUnits <= sequence.Ledger.ComputeUnits * 2);

        static long FlopsOf(Sequence sequence) => sequence.Ledger[Phase.Prefill].Of(Roles.Cache).Flops + sequence.Ledger[Phase.Decode].Of(Roles.Cache).Flops;
    }

    [Fact]
    public void Forks_and_texts_that_go_back_keep_what_they_would_have_kept()
    {
        using Pipeline pipeline = Compose(Cpu, s_observed);
        int[] past = Text(90), more = [.. Text(130)[90..]];
        using Sequence whole = pipeline.Engine.Open(), parent = pipeline.Engine.Open();
        ReadAll(pipeline, whole, [.. past, .. more], 512);
        ReadAll(pipeline, parent, past, 64);
        using Sequence child = parent.Fork();
        ReadAll(pipeline, parent, [.. more.Reverse()], 5);
        ReadAll(pipeline, child, more, 3);
        Assert.Equal(KeptOf(pipeline, whole), KeptOf(pipeline, child));

        Assert.False(whole.CanTruncate(127)); // at 128 keys went that this text would have
    }

    /// <summary>Behind the last review a text could not go back where its cache had dropped anything, though the shorter text has the same keys.</summary>
    [Fact]
    public void A_text_goes_back_behind_the_last_review_and_is_looked_at_anew()
    {
        using Pipeline pipeline = Compose(Cpu, s_observed);
        int[] text = Text(165);
        using Sequence straight = pipeline.Engine.Open(), back = pipeline.Engine.Open();
        ReadAll(pipeline, straight, text, 512);
        ReadAll(pipeline, back, [.. text[..153], 5, 5, 5, 5], 64); // rows from 150 on are noted
        back.Truncate(153);
        ReadAll(pipeline, back, text[153..], 4);
        Assert.Equal(KeptOf(pipeline, straight), KeptOf(pipeline, back));
    }

    [Theory]
    [InlineData("""attention={"use":"counted","inner":"reference"}""", "layer 0: attention 'wrapper/counted' cannot tell how much rows look at keys, by which cache 'reference/observed' decides. Choose another attention, or another cache.")]
    public void What_cannot_be_is_refused_before_the_first_token(string edit, string message) =>
        Assert.Equal(message, Assert.Throws<CompositionException>(() => Compose(edit, s_observed)).Message);

    private static (string Kept, float[] Logits) Read(int rows, string attention)
    {
        using Pipeline pipeline = Compose(attention, s_observed);
        using Sequence sequence = pipeline.Engine.Open();
        return (KeptOf(pipeline, ReadAll(pipeline, sequence, Text(200), rows, out float[] logits)), logits);
    }

    private static string KeptOf(Pipeline pipeline, Sequence sequence) => string.Join('\n', pipeline.Parts.Pages.Layers.SelectMany((pages, layer) =>
        Enumerable.Range(0, pages.KvHeads).Select(head => $"{layer}.{head}: {string.Join(' ', PositionsOf(pages, sequence, head, layer))}")));

    private static IEnumerable<int> PositionsOf(LayerPages pages, Sequence sequence, int head, int layer = 0)
    {
        List<int> positions = [];
        foreach (KeyRun run in sequence.Tables[layer].TableOf(0, head).Runs)
            positions.AddRange(pages.First.PositionsOf(run));

        return positions;
    }

    private static int[] Text(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7 + i * i % 5) % 90 + 3)];

    private static void Run(Pipeline pipeline, Sequence sequence, int[] tokens, Phase phase)
    {
        using Batch batch = pipeline.Engine.NewBatch();
        batch.Add(sequence, tokens, phase, LogitRows.Last);
        pipeline.Engine.Run(batch);
    }

    private static Sequence ReadAll(Pipeline pipeline, Sequence sequence, int[] text, int rows) => ReadAll(pipeline, sequence, text, rows, out _);

    private static Sequence ReadAll(Pipeline pipeline, Sequence sequence, int[] text, int rows, out float[] logits)
    {
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> all = [];
        for (int done = 0; done < text.Length;)
        {
            int read = pipeline.Engine.Step(batch, sequence, text.AsSpan(done, Math.Min(rows, text.Length - done)), Phase.Prefill, LogitRows.All);
            for (int row = 0; row < read; row++)
                all.AddRange(batch.Logits(0, row));
            done += read;
        }

        logits = [.. all];
        return sequence;
    }

    private static Pipeline Compose(string attention, params string[] edits) => Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={TestData.Path("quantised/base-f16.gguf")}", "context=256", "head.activations=f32", "experts.activations=f32", attention, .. edits]),
        s_plugins, new PipelineOptions { Threads = 2, Rows = 256, LogitRows = 256, Sequences = 3 });
}
