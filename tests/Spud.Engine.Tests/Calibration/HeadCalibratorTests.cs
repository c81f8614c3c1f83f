using System.Text;
using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Fixtures;
using Spud.Evaluation.Calibration;
using Spud.Execution;
using Spud.Models;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Calibration;

/// <summary>How much each KV head needs of what lies far back.</summary>
public sealed class HeadCalibratorTests
{
    private const string Stories = "stories260K/stories260K-f32.gguf";

    [Fact]
    public void What_the_repetition_looks_at_is_the_largest_probability_over_its_rows_and_the_query_heads_of_the_group()
    {
        TestModel model = new() { QueryHeads = 6, KvHeads = 2 };
        const int beginning = 40, rows = 5, first = 41;
        using TestBuild build = new(model.Describe());
        PageView pages = new TestPages { PageTokens = 16, Type = ElementType.F32 }.Add(Enumerable.Range(0, first + rows)).Build(build, model);
        TensorView query = build.Floats(Samples.Of("query", rows * 6 * model.KeyWidth), rows, 6, model.KeyWidth);
        float[] max = new float[rows * 6], sum = new float[rows * 6];
        double[,] expected = new double[2, beginning];
        double[] far = new double[2];
        for (int entry = 0; entry < rows * 6; entry++)
        {
            int kvHead = entry % 6 / 3;
            double[] logits = [.. Enumerable.Range(0, first + entry / 6 + 1).Select(position => Dot(query.AsSpan<float>().Slice(entry * model.KeyWidth, model.KeyWidth), TestPages.KeyOf(model, 0, position).AsSpan(kvHead * model.KeyWidth, model.KeyWidth)))];
            (max[entry], sum[entry]) = ((float)logits.Max(), (float)logits.Sum(logit => Math.Exp(logit - logits.Max())));
            far[kvHead] += Enumerable.Range(4, first + entry / 6 - 20 + 1 - 4).Sum(key => Math.Exp(logits[key] - max[entry]) / sum[entry]);
            for (int key = 0; key < beginning; key++)
                expected[kvHead, key] = Math.Max(expected[kvHead, key], Math.Exp(logits[key] - max[entry]) / sum[entry]);
        }

        HeadProbe probe = new(build.Model, build.Limits) { Sinks = 4, Recent = 20 };
        probe.Watch(beginning);
        AttentionState state = new() { Max = build.Floats(max, rows, 6), Sum = build.Floats(sum, rows, 6), Accumulator = default };
        probe.Observe(0, TestStep.Of(build, TestStep.Slices((rows, first))), query, state, [pages]);
        for (int head = 0; head < 2; head++)
        {
            float[] looks = probe.Looks(new(0, head));
            for (int key = 0; key < beginning; key++)
                Assert.Equal(expected[head, key], looks[key], 1e-5);
        }

        // Likewise rows before the end of a beginning: what they give to keys that a streaming head forgets.
        probe.Watch(first + rows);
        probe.Observe(0, TestStep.Of(build, TestStep.Slices((rows, first))), query, state, [pages]);
        for (int head = 0; head < 2; head++)
            Assert.Equal(far[head] / (rows * 3), probe.Far(new(0, head)), 1e-5);
    }

    [Fact]
    public void A_head_that_streams_keeps_sinks_and_recent_tokens_and_changes_the_predictions()
    {
        using Composed composed = new();
        CalibratedHead head = composed.Probe.Heads.ElementAt(2);
        composed.Probe.Stream(head);
        using Sequence sequence = composed.Model.Engine.Open();
        using Batch batch = composed.Model.Engine.NewBatch();
        int[] text = composed.Text(400);
        while (sequence.Tokens < text.Length)
            composed.Model.Engine.Step(batch, sequence, text.AsSpan(sequence.Tokens), Phase.Prefill, LogitRows.Last);

        foreach (KeptKeys kept in sequence.KeptKeys(head.Layer))
            Assert.Equal(kept.Head == head.Head ? [.. Enumerable.Range(0, 4), .. Enumerable.Range(384 - 20, 36)] : Enumerable.Range(0, 400), kept.Positions);
    }

    [Fact]
    public void Every_head_is_measured_both_ways_and_the_plugin_reads_what_is_written()
    {
        using Composed composed = new();
        int[] text = composed.Text(460);
        HeadCalibrator calibrator = new(composed.Model, composed.Probe);
        IReadOnlyList<HeadNeed> needs = calibrator.Measure([text[..200]], text[200..], TestContext.Current.CancellationToken);
        ModelDescription model = composed.Model.Pipeline.Model;
        Assert.Equal(model.Layers.Sum(static layer => layer.Kv.Heads), needs.Count);
        Assert.All(needs, static need => Assert.True(need is { Reconstruction: > 0 and <= 1, Far: > 0 and < 1, Divergence: > 0 }));
        Assert.True(needs.Max(static need => need.Divergence) > 2 * needs.Min(static need => need.Divergence), "heads differ");

        using TempFolder folder = new();
        string hash = ModelHash.Of(composed.Model.Pipeline.File);
        string pack = folder.Write("x.gguf", HeadPack.Write(model, hash, needs, HeadCalibrator.Scores(needs, HeadOrder.Divergence), 0.25f, "a story"));
        using Pipeline compressed = Pipeline.Compose(
            PipelineDocument.Load(null, [$"model={TestData.Path(Stories)}", """cache={"use":"compressed","sinks":4,"recent":20}""", $"cache.pack={pack}"]), CpuPipeline.Plugins, new PipelineOptions());
        int streaming = PipelineExplanation.Of(compressed).Pages.Count(static pages => pages.PerHead);
        Assert.True(streaming > 0, "some layers have heads that stream beside heads that do not");
    }

    [Fact]
    public void Both_measures_together_are_the_mean_of_the_ranks()
    {
        HeadNeed[] needs = [new(new(0, 0), 0.9, 0.1, 1), new(new(0, 1), 0.1, 0.3, 3), new(new(1, 0), 0.5, 0.2, 2)];
        Assert.Equal([4.0 / 6, 4.0 / 6, 4.0 / 6], HeadCalibrator.Scores(needs, HeadOrder.Both));
        Assert.Equal([0.9, 0.1, 0.5], HeadCalibrator.Scores(needs, HeadOrder.Reconstruction));
        Assert.Equal([0.1, 0.3, 0.2], HeadCalibrator.Scores(needs, HeadOrder.Far));
        Assert.Equal([1, 3, 2], HeadCalibrator.Scores(needs, HeadOrder.Divergence));
        Assert.Equal(-1, HeadCalibrator.Agreement(needs, HeadCalibrator.Scores(needs, HeadOrder.Reconstruction)), 1e-12);
        Assert.Equal(1, HeadCalibrator.Agreement(needs, HeadCalibrator.Scores(needs, HeadOrder.Far)), 1e-12);
    }

    private static double Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        double sum = 0;
        for (int i = 0; i < one.Length; i++)
            sum += (double)one[i] * other[i];

        return sum;
    }

    private sealed class Composed : IDisposable
    {
        public Composed()
        {
            HeadProbe? probe = null;
            PipelineOptions options = new() { LogitRows = 64, CacheProbe = (_, model, limits) => probe = new HeadProbe(model, limits) { Sinks = 4, Recent = 20 } };
            Model = LanguageModel.Load(
                PipelineDocument.Load(null, [$"model={TestData.Path(Stories)}", "head.activations=f32", "attention.activations=f32", "experts.activations=f32"]), CpuPipeline.Plugins, options);
            Probe = probe!;
        }

        public LanguageModel Model { get; }

        public HeadProbe Probe { get; }

        public int[] Text(int tokens)
        {
            StringBuilder text = new();
            for (int i = 0; i < 60; i++)
                text.Append($"Once upon a time, there was a little girl named Lily who had {i} red balls. ");

            return Model.Tokenizer.Encode(text.ToString(), addSpecial: true, parseSpecial: false)[..tokens];
        }

        public void Dispose() => Model.Dispose();
    }
}
