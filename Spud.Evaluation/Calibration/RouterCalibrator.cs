using Spud.Evaluation.Likelihood;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Fits rules in passes over a text: each pass applies the rules of the last fit and records the layers' inputs, since fewer experts in one
/// layer change the input of later layers.
/// </summary>
/// <param name="model">Composed with the probe in it.</param>
/// <param name="probe">Records probabilities and truncates plans.</param>
/// <param name="least">Minimum experts per row.</param>
/// <param name="most">M; at least one more than the minimum.</param>
/// <param name="windows">The text, in pieces that fit the context, of at least two tokens each.</param>
public sealed class RouterCalibrator(LanguageModel model, RoutingProbe probe, int least, int most, IReadOnlyList<int[]> windows)
{
    /// <summary>Tolerance of the average, in experts per row.</summary>
    public const double Tolerance = 0.005;

    private const int MaxRefits = 8;
    private const int Bisections = 7;

    private readonly TextScorer _scorer = new(model);
    private readonly RuleFit _fit = new(probe, model.Pipeline.Model, least, most);
    private double _baselineLoss;
    private int _passes, _passesAtMost;

    /// <summary>Reports progress.</summary>
    public Action<CalibrationProgress>? Progress { get; init; }

    /// <summary>Rules for an average number of experts, within <see cref="Tolerance"/> unless rows with equal mass prevent it.</summary>
    /// <param name="experts">Between minimum and maximum.</param>
    /// <param name="cancellation">Cancels the operation, within a layer.</param>
    public CalibrationFit FitExperts(double experts, CancellationToken cancellation)
    {
        _passesAtMost = 1 + MaxRefits;
        MeasureBaseline(cancellation);
        CalibrationFit? nearest = null;
        for (int refit = 0; refit < MaxRefits && !(Math.Abs((nearest?.Experts ?? 0) - experts) <= Tolerance); refit++)
        {
            CalibrationFit fit = Measure(experts, cancellation);
            if (nearest is null || Math.Abs(fit.Experts - experts) < Math.Abs(nearest.Experts - experts))
                nearest = fit;
        }

        return nearest! with { Passes = _passes };
    }

    /// <summary>Rules for the smallest number of experts whose perplexity on this text is at most a multiple of the baseline's.</summary>
    /// <param name="ratio">At least 1.</param>
    /// <param name="cancellation">Cancels the operation, within a layer.</param>
    /// <exception cref="CalibrationException">Not even the maximum number of experts reaches it.</exception>
    public CalibrationFit FitPerplexity(double ratio, CancellationToken cancellation)
    {
        _passesAtMost = 2 + Bisections;
        MeasureBaseline(cancellation);
        CalibrationFit best = Measure(most, cancellation);
        if (best.PerplexityRatio > ratio)
            throw new CalibrationException($"with {most} experts of every row the perplexity ratio is {best.PerplexityRatio:0.0000}, expected at most {ratio}. Allow more experts (--max-experts; with pools, a larger --pool), or a larger ratio.");

        (double low, double high) = (least, most);
        for (int i = 0; i < Bisections; i++)
        {
            double middle = (low + high) / 2;
            CalibrationFit fit = Measure(middle, cancellation);
            (low, high) = fit.PerplexityRatio <= ratio ? (low, middle) : (middle, high);
            if (fit.PerplexityRatio <= ratio && fit.Experts < best.Experts)
                best = fit;
        }

        return best with { Passes = _passes };
    }

    private void MeasureBaseline(CancellationToken cancellation) =>
        _baselineLoss = Pass(layer => RouterRule.Fixed(model.Pipeline.Model.Layers[layer].ExpertsUsed), isPooled: false, cancellation);

    private CalibrationFit Measure(double experts, CancellationToken cancellation)
    {
        Dictionary<int, RouterRule> rules = _fit.Fit(experts);
        double loss = Pass(layer => rules[layer], isPooled: true, cancellation);
        return new()
        {
            Layers = [.. probe.Layers.Select(layer => new LayerFit(layer, rules[layer], probe.Average(layer)))],
            Experts = probe.Layers.Average(probe.Average),
            BaselinePerplexity = Math.Exp(_baselineLoss),
            PerplexityRatio = Math.Exp(loss - _baselineLoss),
            Passes = _passes,
        };
    }

    /// <summary>Mean loss of the text under rules.</summary>
    private double Pass(Func<int, RouterRule> rules, bool isPooled, CancellationToken cancellation)
    {
        probe.Begin(rules, isPooled);
        double sum = 0;
        int losses = 0;
        for (int window = 0; window < windows.Count; window++)
        {
            Progress?.Invoke(new($"pass {_passes + 1} of at most {_passesAtMost}", (_passes + (double)window / windows.Count) / _passesAtMost));
            TextScore score = _scorer.Score(windows[window], cancellation: cancellation);
            sum += score.Losses.Sum(static loss => (double)loss);
            losses += score.Losses.Count;
        }

        _passes++;
        return sum / losses;
    }
}
