using System.Globalization;
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
        composed.Probe.Stream(new HeadWindow(head, 20));
        using Sequence sequence = composed.Model.Engine.Open();
        using Batch batch = composed.Model.Engine.NewBatch();
        int[] text = composed.Text(400);
        while (sequence.Tokens < text.Length)
            composed.Model.Engine.Step(batch, sequence, text.AsSpan(sequence.Tokens), Phase.Prefill, LogitRows.Last);

        foreach (KeptKeys kept in sequence.KeptKeys(head.Layer))
            Assert.Equal(kept.Head == head.Head ? [.. Enumerable.Range(0, 4), .. Enumerable.Range(384 - 20, 36)] : Enumerable.Range(0, 400), kept.Positions);
    }

    [Fact]
    public void Every_head_is_measured_and_tried_out_and_the_plugin_reads_what_is_written()
    {
        using Composed composed = new(sequences: 2);
        HeadMeasurement measured = composed.Measure();
        ModelDescription model = composed.Model.Pipeline.Model;
        Assert.Equal(model.Layers.Sum(static layer => layer.Kv.Heads), measured.Needs.Count);
        Assert.All(measured.Needs, static need => Assert.True(need is { Reconstruction: > 0 and <= 1, Far: > 0 and < 1 }));
        Assert.Equal(2 * measured.Needs.Count, measured.Trials.Count);
        Assert.All(measured.Trials.Values, static trial => Assert.True(trial.Divergence > 0));
        double[] costs = [.. measured.Needs.Select(need => measured.Trials[new(need.Head, 20)].Divergence)];
        Assert.True(costs.Max() > 2 * costs.Min(), "heads differ");
        // The fewer keys are kept, the more it costs; sums of single heads come near.
        Assert.Equal([0.75, 0.5, 0.35, 0.25, 0.125], composed.Checks.Select(static check => check.Keep));
        Assert.Equal(composed.Checks.Select(static check => check.Measured).Order(), composed.Checks.Select(static check => check.Measured));
        Assert.All(composed.Checks, static check => Assert.InRange(check.Measured, 0.2 * check.Expected!.Value, 5 * check.Expected!.Value));
        Assert.True(costs.Average() > measured.Needs.Average(need => measured.Trials[new(need.Head, 60)].Divergence), "a wider window costs less");

        using TempFolder folder = new();
        string hash = ModelHash.Of(composed.Model.Pipeline.File);
        string pack = folder.Write("x.gguf", HeadPack.Write(model, hash, new HeadPath(measured, 256, 4).ByDamage(), 0.5f, 256, "a story"));
        using Pipeline compressed = Pipeline.Compose(
            PipelineDocument.Load(null, [$"model={TestData.Path(Stories)}", """cache={"use":"compressed","sinks":4}""", $"cache.pack={pack}"]), CpuPipeline.Plugins, new PipelineOptions());
        int streaming = PipelineExplanation.Of(compressed).Pages.Count(static pages => pages.PerHead);
        Assert.True(streaming > 0, "some layers have heads that keep less than others");
    }

    [Fact]
    public void A_trial_measures_what_a_text_read_with_that_head_streaming_would_predict()
    {
        using Composed composed = new(sequences: 2);
        HeadMeasurement measured = composed.Measure();
        HeadWindow window = measured.Trials.Keys.First();
        int[] held = composed.Text(456)[200..];
        float[][] all = Rows(), without = Rows(window);
        double expected = all.Zip(without, static (p, q) => Divergence(p, q)).Average();
        Assert.Equal(expected, measured.Trials[window].Divergence, 0.01 * expected);

        // Half the square of the changes is about the divergence: they are those of the most likely tokens.
        double changes = measured.Trials[window].Changes.Sum(static change => change * change / 2.0) / all.Length;
        Assert.InRange(changes, 0.5 * expected, 1.5 * expected);

        // The head drops its keys when the rows of the trial begin: what was read before is that of the whole cache.
        float[][] Rows(params ReadOnlySpan<HeadWindow> windows) => composed.Rows(held, held.Length - 64, windows);
    }

    [Fact]
    public void What_a_share_costs_is_measured_on_texts_that_are_read_from_their_beginning_with_its_heads_streaming()
    {
        using Composed composed = new(sequences: 2);
        _ = composed.Measure();
        int[] held = composed.Text(456)[200..];
        HeadWindow[] half = [.. composed.Path.Take(1 + composed.Path.TakeWhile(static step => step.Keep > 0.5).Count()).GroupBy(static step => step.Window.Head).Select(static head => head.Last().Window)];
        double expected = composed.Rows(held, 0).Zip(composed.Rows(held, 0, half), static (p, q) => Divergence(p, q)).Average();
        Assert.Equal(expected, composed.Checks.Single(static check => check.Keep == 0.5).Measured, 0.01 * expected);
    }

    [Fact]
    public void The_path_that_costs_least_is_chosen()
    {
        using Composed composed = new(sequences: 2);
        HeadMeasurement measured = composed.Measure();
        IReadOnlyList<HeadStep> good = composed.Path, bad = [.. good.Reverse().DistinctBy(static step => step.Window.Head).Select((step, i) => step with { Keep = 1 - (i + 1.0) / measured.Needs.Count })];
        Assert.Same(good, composed.Choose([bad, good]).Path);
        Assert.Same(good, composed.Choose([good, bad]).Path);
    }

    [Fact]
    public void An_interrupted_calibration_goes_on_where_it_was()
    {
        using TempFolder folder = new();
        string path = folder.File("x.trials");
        using Composed composed = new(sequences: 2);
        using CancellationTokenSource interrupt = new();
        Assert.ThrowsAny<OperationCanceledException>(() => composed.Measure(new TrialFile(path, "settings", 32 * 32), progress =>
        {
            if (progress.Step.StartsWith("trial 8 ", StringComparison.Ordinal))
                interrupt.Cancel();
        }, interrupt.Token));

        // The last record is incomplete, as after a crash.
        File.AppendAllText(path, "incomplete");
        TrialFile file = new(path, "settings", 32 * 32);
        Assert.Equal(7, file.Known.Count);
        List<string> steps = [];
        HeadMeasurement resumed = composed.Measure(file, progress => steps.Add(progress.Step)), whole = composed.Measure();
        Assert.DoesNotContain(steps, static step => step.StartsWith("trial 7 ", StringComparison.Ordinal));
        Assert.Contains(steps, static step => step.StartsWith("trial 8 ", StringComparison.Ordinal));
        foreach ((HeadWindow window, HeadTrial trial) in whole.Trials)
            Assert.Equal((trial.Divergence, trial.Changes), (resumed.Trials[window].Divergence, resumed.Trials[window].Changes), (one, other) => one.Divergence == other.Divergence && one.Changes.AsSpan().SequenceEqual(other.Changes));

        // Readings of whole texts are kept too.
        IReadOnlyList<HeadCheck> checks = composed.Checks;
        steps.Clear();
        composed.Measure(new TrialFile(path, "settings", 32 * 32), progress => steps.Add(progress.Step));
        Assert.Equal(checks, composed.Checks);
        Assert.All(steps, static step => Assert.StartsWith("repeating", step, StringComparison.Ordinal));

        string message = Assert.Throws<CalibrationException>(() => new TrialFile(path, "other settings", 32 * 32)).Message;
        Assert.Contains("an unfinished calibration of another model, other texts or other settings", message);
    }

    private static double Divergence(float[] p, float[] q)
    {
        double[] one = Distribution(p), other = Distribution(q);
        return one.Zip(other, static (a, b) => a * Math.Log(a / b)).Sum();

        static double[] Distribution(float[] logits)
        {
            double max = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - max));
            return [.. logits.Select(logit => Math.Exp(logit - max) / sum)];
        }
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
        public Composed(int sequences = 1)
        {
            HeadProbe? probe = null;
            PipelineOptions options = new() { LogitRows = 64, Sequences = sequences, CacheProbe = (_, model, limits) => probe = new HeadProbe(model, limits) { Sinks = 4, Recent = 20 } };
            Model = LanguageModel.Load(
                PipelineDocument.Load(null, [$"model={TestData.Path(Stories)}", "head.activations=f32", "attention.activations=f32", "experts.activations=f32"]), CpuPipeline.Plugins, options);
            Probe = probe!;
        }

        public LanguageModel Model { get; }

        public HeadProbe Probe { get; }

        /// <summary>The path that the last measurement chose.</summary>
        public IReadOnlyList<HeadStep> Path { get; private set; } = [];

        /// <summary>What the levels cost in the last measurement.</summary>
        public IReadOnlyList<HeadCheck> Checks { get; private set; } = [];

        /// <summary>All heads, with windows of 20 and 60 tokens.</summary>
        public HeadMeasurement Measure(TrialFile? file = null, Action<CalibrationProgress>? progress = null, CancellationToken? cancellation = null)
        {
            using HeadCalibrator calibrator = new(Model, Probe, Material(file), cancellation ?? TestContext.Current.CancellationToken) { Progress = progress };
            HeadMeasurement measured = calibrator.Measure();
            (Path, Checks) = calibrator.Choose([.. new[] { 60, 20 }.Select(least => new HeadPath(measured, 256, 4).ByDamage(least))]);
            return measured;
        }

        /// <summary>Chooses one of these paths.</summary>
        public (IReadOnlyList<HeadStep> Path, IReadOnlyList<HeadCheck> Checks) Choose(IReadOnlyList<IReadOnlyList<HeadStep>> paths)
        {
            using HeadCalibrator calibrator = new(Model, Probe, Material(null), TestContext.Current.CancellationToken);
            return calibrator.Choose(paths);
        }

        /// <summary>Logits of the last 32 rows of a text, read with heads that stream from a position on.</summary>
        public float[][] Rows(int[] text, int from, params ReadOnlySpan<HeadWindow> windows)
        {
            List<float[]> rows = [];
            Probe.Stream();
            using Sequence sequence = Model.Engine.Open();
            using Batch batch = Model.Engine.NewBatch();
            while (sequence.Tokens < text.Length)
            {
                if (sequence.Tokens == from)
                    Probe.Stream(windows);
                int first = sequence.Tokens, read = Model.Engine.Step(batch, sequence, text.AsSpan(first, 32), Phase.Prefill, LogitRows.All);
                for (int row = 0; row < read && first >= text.Length - 32; row++)
                    rows.Add(batch.Logits(0, row).ToArray());
            }

            return [.. rows];
        }

        private HeadMaterial Material(TrialFile? file) => new([Text(200)], [Text(456)[200..]], [20, 60]) { Rows = 32, File = file };

        public int[] Text(int tokens)
        {
            StringBuilder text = new();
            for (int i = 0; i < 60; i++)
                text.Append(CultureInfo.InvariantCulture, $"Once upon a time, there was a little girl named Lily who had {i} red balls. ");

            return Model.Tokenizer.Encode(text.ToString(), addSpecial: true, parseSpecial: false)[..tokens];
        }

        public void Dispose() => Model.Dispose();
    }
}
