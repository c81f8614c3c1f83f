using System.Numerics.Tensors;
using Spud.Execution;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Measures how much each KV head needs distant keys. A text is read twice in a row, as in KVzip (arXiv:2505.23416): a head through which the
/// repetition attends to the text retrieves distant content; how much rows of the text itself attend to distant keys reveals heads that gather a
/// little from everywhere. Then each head is made to stream alone, with each window, and the effect on predictions of held-out text is measured.
/// </summary>
/// <param name="model">Composed with the probe in it, room for a sequence more than held texts, and <see cref="HeadProbe.BorderTokens"/> logit rows.</param>
/// <param name="probe">The pipeline's.</param>
/// <param name="material">Texts and windows.</param>
/// <param name="cancellation">Cancels the measurement.</param>
public sealed class HeadCalibrator(LanguageModel model, HeadProbe probe, HeadMaterial material, CancellationToken cancellation) : IDisposable
{
    private HeadTrials? _trials;
    private string _step = "";
    private long _rows, _allRows;

    // Read when the first trial needs them: an interrupted calibration may have finished all of them.
    private HeadTrials Trials
    {
        get
        {
            if (_trials is null)
            {
                _step = "reading the held texts";
                _trials = new(model, probe, material, Count, cancellation);
            }

            return _trials;
        }
    }

    /// <summary>Reports progress.</summary>
    public Action<CalibrationProgress>? Progress { get; init; }

    /// <summary>Measures all heads.</summary>
    public HeadMeasurement Measure()
    {
        CalibratedHead[] heads = [.. probe.Heads];
        HeadWindow[] windows = [.. from recent in material.Windows from head in heads select new HeadWindow(head, recent)];
        _allRows = material.Contexts.Sum(static text => 2L * text.Length) + material.Held.Sum(text => text.Length + (long)(windows.Length + material.Levels.Count) * HeadTrials.RowsOfTrial(material));
        double[] looks = new double[heads.Length];
        for (int text = 0; text < material.Contexts.Count; text++)
        {
            _step = $"repeating text {text + 1} of {material.Contexts.Count}";
            Reconstruct(material.Contexts[text], heads, looks);
        }

        HeadNeed[] needs = [.. heads.Select((head, i) => new HeadNeed(head, looks[i], probe.Far(head)))];
        return new(needs, material.Held.Count == 0 ? new Dictionary<HeadWindow, HeadTrial>() : Try(windows));
    }

    /// <summary>Measures what the levels cost along a path, on the held texts.</summary>
    /// <param name="path">In which order heads stream.</param>
    public IReadOnlyList<HeadCheck> Check(IReadOnlyList<HeadStep> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        List<HeadCheck> checks = [];
        foreach (double level in material.Held.Count == 0 ? [] : material.Levels)
        {
            HeadStep[] steps = [.. path.Take(1 + path.TakeWhile(step => step.Keep > level).Count())];
            HeadTrials trials = Trials;
            _step = $"all heads that stream where {level:0.###} is kept";
            checks.Add(new(level, steps[^1].Divergence, trials.Try([.. steps.GroupBy(static step => step.Window.Head).Select(static head => head.Last().Window)]).Divergence));
        }

        return checks;
    }

    /// <summary>Frees the held texts.</summary>
    public void Dispose() => _trials?.Dispose();

    private void Reconstruct(int[] context, CalibratedHead[] heads, double[] looks)
    {
        probe.Stream();
        probe.Watch(context.Length);
        // The repetition has no second BOS.
        int[] text = [.. context, .. context[0] == model.Tokenizer.Bos ? context[1..] : context];
        using (Sequence sequence = model.Engine.Open())
        using (Batch batch = model.Engine.NewBatch())
        {
            sequence.Cancellation = cancellation;
            while (sequence.Tokens < text.Length)
                Count(model.Engine.Step(batch, sequence, text.AsSpan(sequence.Tokens), Phase.Prefill, LogitRows.None));
        }

        for (int i = 0; i < heads.Length; i++)
            looks[i] = Math.Max(looks[i], TensorPrimitives.Sum<float>(probe.Looks(heads[i])) / context.Length);

        probe.Watch(0);
    }

    private Dictionary<HeadWindow, HeadTrial> Try(HeadWindow[] windows)
    {
        List<HeadTrial> done = [.. material.File?.Known ?? []];
        _rows += (long)done.Count * material.Held.Count * HeadTrials.RowsOfTrial(material);
        while (done.Count < windows.Length)
        {
            HeadTrials trials = Trials;
            _step = $"trial {done.Count + 1} of {windows.Length}";
            done.Add(trials.Try(windows[done.Count]));
            material.File?.Add(done[^1]);
        }

        return windows.Zip(done).ToDictionary(static pair => pair.First, static pair => pair.Second);
    }

    private void Count(int rows)
    {
        _rows += rows;
        Progress?.Invoke(new(_step, Math.Min(1, (double)_rows / _allRows)));
    }
}
