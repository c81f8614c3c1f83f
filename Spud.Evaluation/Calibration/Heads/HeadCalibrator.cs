using System.Numerics.Tensors;
using Spud.Evaluation.Comparison;
using Spud.Execution;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Measures how much each KV head needs distant keys. A text is read twice in a row, as in KVzip (arXiv:2505.23416): a head through which the
/// repetition attends to the text retrieves distant content; how much rows of the text itself attend to distant keys reveals heads that gather a
/// little from everywhere. To verify this, each head is made to stream alone, and the effect on predictions of held-out text is measured.
/// </summary>
/// <param name="model">Composed with the probe in it, and <see cref="HeadProbe.BorderTokens"/> logit rows.</param>
/// <param name="probe">The pipeline's.</param>
public sealed class HeadCalibrator(LanguageModel model, HeadProbe probe)
{
    // Every fourth row of the held-out text is compared: the rows in between add little.
    private const int RowStep = 4;

    private readonly RowDistribution _all = new(model.Pipeline.Model.Vocabulary), _without = new(model.Pipeline.Model.Vocabulary);
    private int _passes, _passesAtMost;

    /// <summary>Reports progress.</summary>
    public Action<CalibrationProgress>? Progress { get; init; }

    /// <summary>Measures all heads.</summary>
    /// <param name="contexts">Texts, each at most half as long as the pipeline's context.</param>
    /// <param name="held">A text on which predictions are compared, longer than what streaming heads keep; empty to skip the comparison.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public IReadOnlyList<HeadNeed> Measure(IReadOnlyList<int[]> contexts, int[] held, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(held);
        CalibratedHead[] heads = [.. probe.Heads];
        _passesAtMost = contexts.Count + (held.Length > 0 ? 1 + heads.Length : 0);
        double[] looks = new double[heads.Length];
        foreach (int[] context in contexts)
            Reconstruct(context, heads, looks, cancellation);

        double[]? divergences = held.Length > 0 ? Ablate(held, heads, cancellation) : null;
        return [.. heads.Select((head, i) => new HeadNeed(head, looks[i], probe.Far(head), divergences?[i]))];
    }

    /// <summary>A score for each head; heads with lower scores stream first.</summary>
    public static double[] Scores(IReadOnlyList<HeadNeed> needs, HeadOrder order)
    {
        ArgumentNullException.ThrowIfNull(needs);
        double[] looks = [.. needs.Select(static need => need.Reconstruction)];
        double[] far = [.. needs.Select(static need => need.Far)];
        return order switch
        {
            HeadOrder.Reconstruction => looks,
            HeadOrder.Far => far,
            HeadOrder.Divergence => [.. needs.Select(static need => need.Divergence ?? throw new CalibrationException("heads cannot be put in order by divergence, which was not measured: give --held-tokens."))],
            _ => [.. Ranks(looks).Zip(Ranks(far), (one, other) => (one + other) / (2 * needs.Count))],
        };
    }

    /// <summary>How well scores agree with the divergence when a head streams alone: Spearman's rank correlation.</summary>
    public static double Agreement(IReadOnlyList<HeadNeed> needs, double[] scores)
    {
        ArgumentNullException.ThrowIfNull(needs);
        double[] one = Ranks(scores), other = Ranks([.. needs.Select(static need => need.Divergence ?? 0)]);
        double n = needs.Count, squares = one.Zip(other, static (a, b) => (a - b) * (a - b)).Sum();
        return n > 1 ? 1 - 6 * squares / (n * (n * n - 1)) : 1;
    }

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        for (int rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank + 1;

        return ranks;
    }

    private void Reconstruct(int[] context, CalibratedHead[] heads, double[] looks, CancellationToken cancellation)
    {
        probe.Stream();
        probe.Watch(context.Length);
        // The repetition has no second BOS.
        int[] again = context[0] == model.Tokenizer.Bos ? context[1..] : context;
        Read([.. context, .. again], LogitRows.None, null, cancellation);
        for (int i = 0; i < heads.Length; i++)
            looks[i] = Math.Max(looks[i], TensorPrimitives.Sum<float>(probe.Looks(heads[i])) / context.Length);

        probe.Watch(0);
    }

    private double[] Ablate(int[] held, CalibratedHead[] heads, CancellationToken cancellation)
    {
        int first = probe.Sinks + probe.Recent;
        List<float[]> expected = [];
        probe.Stream();
        Read(held, LogitRows.All, (position, logits) =>
        {
            if (position >= first && position % RowStep == 0)
                expected.Add(logits.ToArray());
        }, cancellation);

        double[] costs = new double[heads.Length];
        for (int i = 0; i < heads.Length; i++)
        {
            (int row, double sum) = (0, 0);
            probe.Stream(heads[i]);
            Read(held, LogitRows.All, (position, logits) =>
            {
                if (position < first || position % RowStep != 0)
                    return;

                _all.Take(expected[row]);
                _without.Take(logits);
                sum += _all.Divergence(expected[row++], _without, logits);
            }, cancellation);
            costs[i] = sum / row;
        }

        return costs;
    }

    private delegate void RowReader(int position, ReadOnlySpan<float> logits);

    private void Read(int[] text, LogitRows logits, RowReader? onLogits, CancellationToken cancellation)
    {
        using Sequence sequence = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        sequence.Cancellation = cancellation;
        while (sequence.Tokens < text.Length)
        {
            Progress?.Invoke(new(_passes, _passesAtMost, (double)sequence.Tokens / text.Length));
            int first = sequence.Tokens, rows = model.Engine.Step(batch, sequence, text.AsSpan(first), Phase.Prefill, logits);
            cancellation.ThrowIfCancellationRequested();
            for (int row = 0; row < rows && onLogits is not null; row++)
                onLogits(first + row, batch.Logits(0, row));
        }

        _passes++;
    }
}
