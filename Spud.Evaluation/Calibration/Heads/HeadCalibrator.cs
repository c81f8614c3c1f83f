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
public sealed class HeadCalibrator(LanguageModel model, HeadProbe probe)
{
    private string _step = "";
    private long _rows, _allRows;

    /// <summary>Reports progress.</summary>
    public Action<CalibrationProgress>? Progress { get; init; }

    /// <summary>Measures all heads.</summary>
    public HeadMeasurement Measure(HeadMaterial material, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(material);
        CalibratedHead[] heads = [.. probe.Heads];
        HeadWindow[] windows = [.. from recent in material.Windows from head in heads select new HeadWindow(head, recent)];
        _allRows = material.Contexts.Sum(static text => 2L * text.Length) + material.Held.Sum(text => text.Length + (long)windows.Length * HeadTrials.RowsOfTrial(material));
        double[] looks = new double[heads.Length];
        for (int text = 0; text < material.Contexts.Count; text++)
        {
            _step = $"repeating text {text + 1} of {material.Contexts.Count}";
            Reconstruct(material.Contexts[text], heads, looks, cancellation);
        }

        HeadNeed[] needs = [.. heads.Select((head, i) => new HeadNeed(head, looks[i], probe.Far(head)))];
        return new(needs, material.Held.Count == 0 ? new Dictionary<HeadWindow, HeadTrial>() : Try(material, windows, cancellation));
    }

    private void Reconstruct(int[] context, CalibratedHead[] heads, double[] looks, CancellationToken cancellation)
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

    private Dictionary<HeadWindow, HeadTrial> Try(HeadMaterial material, HeadWindow[] windows, CancellationToken cancellation)
    {
        List<HeadTrial> done = [.. material.File?.Known ?? []];
        _rows += (long)done.Count * material.Held.Count * HeadTrials.RowsOfTrial(material);
        _step = "reading the held texts";
        if (done.Count < windows.Length)
        {
            using HeadTrials trials = new(model, probe, material, Count, cancellation);
            while (done.Count < windows.Length)
            {
                _step = $"trial {done.Count + 1} of {windows.Length}";
                done.Add(trials.Try(windows[done.Count]));
                material.File?.Add(done[^1]);
            }
        }

        return windows.Zip(done).ToDictionary(static pair => pair.First, static pair => pair.Second);
    }

    private void Count(int rows)
    {
        _rows += rows;
        Progress?.Invoke(new(_step, Math.Min(1, (double)_rows / _allRows)));
    }
}
