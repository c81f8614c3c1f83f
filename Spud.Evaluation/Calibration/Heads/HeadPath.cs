using System.Numerics.Tensors;

namespace Spud.Evaluation.Calibration;

/// <summary>A head that streams from a step on.</summary>
/// <param name="Window">The head, and what it keeps from now on.</param>
/// <param name="Keep">Share of the keys that all heads keep after this step.</param>
/// <param name="Divergence">What the steps so far cost, as far as effects of single heads add up; null if heads were not tried out.</param>
public sealed record HeadStep(HeadWindow Window, double Keep, double? Divergence);

/// <summary>The order in which heads start to stream, or keep less: each step saves the keys that cost least.</summary>
/// <param name="measurement">Of all heads.</param>
/// <param name="tokens">Length of a text for which keys are counted.</param>
/// <param name="sinks">Tokens at its start that every head keeps.</param>
public sealed class HeadPath(HeadMeasurement measurement, int tokens, int sinks)
{
    // A sum that noise makes smaller than it is would be chosen first: at least this part of a head's own damage counts.
    private const double OwnPart = 0.25;

    private readonly Dictionary<CalibratedHead, HeadWindow> _taken = [];
    private readonly List<HeadStep> _steps = [];

    /// <summary>Heads whose reconstruction score is at least this large stream after all others: what they find shows in few predictions.</summary>
    public double Retrieval { get; init; } = 0.1;

    /// <summary>Orders heads by the damage that was measured.</summary>
    /// <param name="least">Heads get windows of fewer tokens only after all heads that do not retrieve have one of at least this many.</param>
    public IReadOnlyList<HeadStep> ByDamage(int least = 0)
    {
        HashSet<CalibratedHead> retrieval = [.. measurement.Needs.Where(need => need.Reconstruction >= Retrieval).Select(static need => need.Head)];
        float[] sum = new float[measurement.Trials.First().Value.Changes.Length];
        foreach ((bool retrieve, bool narrow) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            HeadWindow[] left = [.. measurement.Trials.Keys.Where(window => retrieval.Contains(window.Head) == retrieve && window.Recent < least == narrow && IsNarrower(window))];
            while (left.Length > 0)
            {
                HeadWindow best = left.MinBy(window => Cost(window, sum) / Saved(window));
                Take(best, sum);
                left = [.. left.Where(window => window.Head != best.Head || window.Recent < best.Recent)];
            }
        }

        return _steps;
    }

    /// <summary>Orders heads by scores, all with the same window; heads with lower scores first.</summary>
    public IReadOnlyList<HeadStep> ByScore(double[] scores, int recent)
    {
        ArgumentNullException.ThrowIfNull(scores);
        foreach (int i in Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]))
            Take(new(measurement.Needs[i].Head, recent), null);

        return _steps;
    }

    private bool IsNarrower(HeadWindow window) => !_taken.TryGetValue(window.Head, out HeadWindow taken) || window.Recent < taken.Recent;

    private int Kept(HeadWindow window) => Math.Min(tokens, sinks + window.Recent);

    private int KeptNow(CalibratedHead head) => _taken.TryGetValue(head, out HeadWindow window) ? Kept(window) : tokens;

    private double Saved(HeadWindow window) => Math.Max(KeptNow(window.Head) - Kept(window), 0.5);

    private double Cost(HeadWindow window, float[] sum)
    {
        (HeadTrial to, double scale) = Scaled(window);
        float[] changed = new float[sum.Length];
        TensorPrimitives.MultiplyAdd(to.Changes, (float)scale, sum, changed);
        double own = to.Divergence;
        if (_taken.TryGetValue(window.Head, out HeadWindow before))
        {
            (HeadTrial from, double scaleFrom) = Scaled(before);
            TensorPrimitives.MultiplyAdd(from.Changes, -(float)scaleFrom, changed, changed);
            own -= from.Divergence;
        }

        return Math.Max(DivergenceOf(changed) - DivergenceOf(sum), OwnPart * Math.Max(own, 0));
    }

    // Most of a distribution is in the tokens whose changes are recorded; the scale accounts for the others.
    private (HeadTrial Trial, double Scale) Scaled(HeadWindow window)
    {
        HeadTrial trial = measurement.Trials[window];
        double recorded = DivergenceOf(trial.Changes);
        return (trial, recorded > 0 ? Math.Sqrt(trial.Divergence / recorded) : 0);
    }

    private static double DivergenceOf(float[] changes) => TensorPrimitives.SumOfSquares<float>(changes) / (2.0 * changes.Length / HeadTrials.TokensOfRow);

    private void Take(HeadWindow window, float[]? sum)
    {
        if (sum is not null)
        {
            (HeadTrial to, double scale) = Scaled(window);
            TensorPrimitives.MultiplyAdd(to.Changes, (float)scale, sum, sum);
            if (_taken.TryGetValue(window.Head, out HeadWindow before))
            {
                (HeadTrial from, double scaleFrom) = Scaled(before);
                TensorPrimitives.MultiplyAdd(from.Changes, -(float)scaleFrom, sum, sum);
            }
        }

        _taken[window.Head] = window;
        double keep = measurement.Needs.Average(need => (double)KeptNow(need.Head)) / tokens;
        _steps.Add(new(window, keep, sum is null ? null : DivergenceOf(sum)));
    }
}
