using System.Numerics.Tensors;
using Spud.Execution;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Measures how much each KV head needs distant keys. A text is read twice in a row, as in KVzip (arXiv:2505.23416): a head through which the
/// repetition attends to the text retrieves distant content; how much rows of the text itself attend to distant keys reveals heads that gather a
/// little from everywhere. Then each head is made to stream alone, with each window, and the effect on predictions of held-out text is measured; at
/// last, all heads together that a share of the keys asks for.
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
    private int _recorded;

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
        _allRows = material.Contexts.Sum(static text => 2L * text.Length) + HeldRows + windows.Length * TrialRows + material.WholeReadings * HeldRows;
        double[] looks = new double[heads.Length];
        for (int text = 0; text < material.Contexts.Count; text++)
        {
            _step = $"repeating text {text + 1} of {material.Contexts.Count}";
            Reconstruct(material.Contexts[text], heads, looks);
        }

        HeadNeed[] needs = [.. heads.Select((head, i) => new HeadNeed(head, looks[i], probe.Far(head)))];
        return new(needs, material.Held.Count == 0 ? new Dictionary<HeadWindow, HeadTrial>() : Try(windows));
    }

    /// <summary>
    /// Chooses the path that costs least where the shares <see cref="HeadMaterial.Compared"/> are kept, and measures what all levels cost along it: the held
    /// texts are read from their beginning with all heads streaming that a share asks for.
    /// </summary>
    /// <param name="paths">In which orders heads may stream.</param>
    public (IReadOnlyList<HeadStep> Path, IReadOnlyList<HeadCheck> Checks) Choose(IReadOnlyList<IReadOnlyList<HeadStep>> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (material.Held.Count == 0)
            return (paths[0], []);

        Dictionary<(int Path, double Level), HeadCheck> known = [];
        int best = paths.Count == 1 ? 0 : Enumerable.Range(0, paths.Count).MinBy(path => material.Compared.Sum(level => Check(path, level).Measured));
        return (paths[best], [.. material.Levels.Select(level => Check(best, level))]);

        HeadCheck Check(int path, double level) => known.TryGetValue((path, level), out HeadCheck? check) ? check : known[(path, level)] = this.Check(paths[path], level);
    }

    /// <summary>Frees the held texts.</summary>
    public void Dispose() => _trials?.Dispose();

    private long HeldRows => material.Held.Sum(static text => (long)text.Length);

    private long TrialRows => material.Held.Count * (long)HeadTrials.RowsOfTrial(material);

    private HeadCheck Check(IReadOnlyList<HeadStep> path, double level)
    {
        HeadStep[] steps = [.. path.Take(1 + path.TakeWhile(step => step.Keep > level).Count())];
        HeadWindow[] windows = [.. steps.GroupBy(static step => step.Window.Head).Select(static head => head.Last().Window)];
        return new(level, steps[^1].Divergence, Recorded($"whole texts where {level:0.###} is kept", HeldRows, () => Trials.TryWhole(windows)).Divergence);
    }

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

    private Dictionary<HeadWindow, HeadTrial> Try(HeadWindow[] windows) => windows
        .Select((window, i) => KeyValuePair.Create(window, Recorded($"trial {i + 1} of {windows.Length}", TrialRows, () => Trials.Try(window))))
        .ToDictionary();

    /// <summary>Measures, or takes from the file what an interrupted calibration measured at this point.</summary>
    private HeadTrial Recorded(string step, long rows, Func<HeadTrial> measure)
    {
        if (material.File is { } file && _recorded < file.Known.Count)
        {
            _rows += rows;
            return file.Known[_recorded++];
        }

        _ = Trials;
        _step = step;
        HeadTrial trial = measure();
        material.File?.Add(trial);
        return trial;
    }

    private void Count(int rows)
    {
        _rows += rows;
        Progress?.Invoke(new(_step, Math.Min(1, (double)_rows / _allRows)));
    }
}
