using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Execution.Depth;

/// <summary>A pipeline that leaves layers out computes, keeps and bills exactly what a model without them would.</summary>
public sealed class LeftOutLayerTests : IDisposable
{
    private static readonly int[] s_text = [.. Enumerable.Range(0, 60).Select(static i => i * 37 % 400 + 3)];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("llama", "0")]
    [InlineData("llama", "1")]
    [InlineData("llama", "2")]
    [InlineData("llama", "0-1")]
    [InlineData("llama", "1-")]
    [InlineData("qwen3", "1")]
    [InlineData("mixtral", "0")]
    [InlineData("mixtral", "1,2")]
    [InlineData("qwen2moe", "1")]
    public void Logits_keys_and_costs_are_those_of_a_model_without_them(string family, string layers)
    {
        string whole = TestData.Path($"families/{family}.gguf"), shorter = _folder.File("shorter.gguf");
        Assert.True(LayerSet.TryParse(layers, out LayerSet? set));
        ShorterModel.Write(whole, [.. Enumerable.Range(0, 3).Where(set.Contains)], shorter);
        using CpuPipeline got = new(whole, Options, edits: Depth(layers)), expected = new(shorter, Options);
        using Sequence one = got.Engine.Open(), other = expected.Engine.Open();
        Budget limit = Budget.OfCompute(1);
        (Ledger gotLedger, Ledger expectedLedger) = (one.StartLedger(limit), other.StartLedger(limit));
        Assert.Equal(expected.AllLogits(other, s_text, chunk: 7), got.AllLogits(one, s_text, chunk: 7));
        Assert.Equal(expected.LastLogits(other, [5], phase: Phase.Decode), got.LastLogits(one, [5], phase: Phase.Decode));
        Assert.Equal(expected.Engine.TakePeakPageBytes(), got.Engine.TakePeakPageBytes());
        foreach (Phase phase in Enum.GetValues<Phase>())
        {
            Tally bill = gotLedger[phase].Total, pencil = expectedLedger[phase].Total;
            Assert.Equal(
                (pencil.Flops, pencil.WeightBytesRead, pencil.KvBytesRead, pencil.KvBytesWritten, pencil.PlanEntries),
                (bill.Flops, bill.WeightBytesRead, bill.KvBytesRead, bill.KvBytesWritten, bill.PlanEntries));
        }

        Assert.Equal(expectedLedger.KeptBytes, gotLedger.KeptBytes);
        Assert.Equal(expectedLedger.ExpertBytesTouched, gotLedger.ExpertBytesTouched);
        Assert.Equal(Enumerable.Range(0, 3).Select(layer => set.Contains(layer) ? 0 : 61), Enumerable.Range(0, 3).Select(layer => gotLedger.KeptTokens(layer)));
        Assert.Equal(expected.Engine.Guard.Effort(other, 10), got.Engine.Guard.Effort(one, 10));
        Assert.Equal(
            PipelineExplanation.Of(expected.Pipeline).Compute.DecodeAtFullContext.Roles,
            PipelineExplanation.Of(got.Pipeline).Compute.DecodeAtFullContext.Roles);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("mixtral")]
    public void Batches_forks_and_going_back_are_those_of_a_model_without_them(string family)
    {
        string whole = TestData.Path($"families/{family}.gguf"), shorter = _folder.File("shorter.gguf");
        ShorterModel.Write(whole, [1], shorter);
        using CpuPipeline got = new(whole, Options, edits: [.. Depth("1"), "cache.pageTokens=16"]), expected = new(shorter, Options, edits: ["cache.pageTokens=16"]);
        Assert.Equal(Lived(expected), Lived(got));
    }

    /// <summary>Steps of several texts of both phases, of which one forks, goes back, and keeps only some rows of a step.</summary>
    private static float[] Lived(CpuPipeline pipeline)
    {
        List<float> logits = [];
        using Sequence first = pipeline.Engine.Open(), second = pipeline.Engine.Open();
        Step((first, s_text[..20], Phase.Prefill), (second, s_text[20..25], Phase.Prefill));
        using Sequence fork = first.Fork();
        Step((first, [3], Phase.Decode), (second, s_text[25..31], Phase.Prefill), (fork, [9], Phase.Decode));
        first.Truncate(13);
        Step((first, s_text[40..50], Phase.Prefill), (fork, [4], Phase.Decode));
        pipeline.Batch.Clear();
        pipeline.Batch.Add(second, [7, 8, 9], Phase.Decode, LogitRows.All);
        pipeline.Engine.Run(pipeline.Batch, static _ => 1);
        Assert.Equal(12, second.Tokens);
        Step((second, [6], Phase.Decode), (fork, [11], Phase.Decode));
        return [.. logits];

        void Step(params (Sequence Sequence, int[] Tokens, Phase Phase)[] entries)
        {
            pipeline.Batch.Clear();
            foreach ((Sequence sequence, int[] tokens, Phase phase) in entries)
                pipeline.Batch.Add(sequence, tokens, phase, LogitRows.Last);
            pipeline.Engine.Run(pipeline.Batch);
            for (int i = 0; i < entries.Length; i++)
                logits.AddRange(pipeline.Batch.Logits(i));
        }
    }

    [Fact]
    public void A_step_has_no_operations_and_no_pages_for_them_and_is_explained_so()
    {
        using CpuPipeline pipeline = new(TestData.Path("families/llama.gguf"), Options, edits: Depth("1"));
        PipelineParts parts = pipeline.Pipeline.Parts;
        foreach (Phase phase in Enum.GetValues<Phase>())
            Assert.Equal([0, 2], parts.PlanOf(phase).Operations.ToArray().Select(static operation => operation.Layer).OfType<int>().Distinct());
        Assert.Equal([false, true, false], parts.Pages.Layers.Select(static layer => layer.IsNone));
        PipelineExplanation explained = PipelineExplanation.Of(pipeline.Pipeline);
        Assert.Equal(("skip", "depth.skip", "1"), (explained.Depth!.Name, explained.Depth.Plugin, explained.Depth.LeftOut));
        Assert.Equal("0,2", Assert.Single(explained.Pages).Layers);
        Assert.Contains(explained.Steps[0].Groups, static group => group.Layers == "0,2");
    }

    [Fact]
    public void Keys_depend_on_which_layers_are_left_out()
    {
        string model = TestData.Path("families/llama.gguf");
        using CpuPipeline plain = new(model, Options), one = new(model, Options, edits: Depth("1")), same = new(model, Options, edits: Depth("1,1-1")), other = new(model, Options, edits: Depth("2"));
        Assert.Empty(same.Pipeline.KeysAt().DifferencesFrom(one.Pipeline.KeysAt()));
        Assert.Equal(["depth"], one.Pipeline.KeysAt().DifferencesFrom(plain.Pipeline.KeysAt()));
        Assert.Equal(["depth"], plain.Pipeline.KeysAt().DifferencesFrom(one.Pipeline.KeysAt()));
        Assert.Equal(["depth"], other.Pipeline.KeysAt().DifferencesFrom(one.Pipeline.KeysAt()));
        using Sequence text = one.Engine.Open();
        one.LastLogits(text, s_text);
        string file = _folder.File("text.keys");
        CacheFile.Save(text, file);
        CacheFile.Load(same.Engine, file).Dispose();
        Assert.Contains("it was written with another depth: all layers but 1, and this pipeline has all layers but 2", Assert.Throws<CacheFileException>(() => CacheFile.Load(other.Engine, file)).Message, StringComparison.Ordinal);
        Assert.Contains("another depth: all layers but 1, and this pipeline has all layers", Assert.Throws<CacheFileException>(() => CacheFile.Load(plain.Engine, file)).Message, StringComparison.Ordinal);
    }

    private static PipelineOptions Options => new() { Threads = 1, LogitRows = 64, Sequences = 4 };

    private static string[] Depth(string layers) => [$$"""depth={"use":"skip","layers":"{{layers}}"}"""];
}
