using Spud.Numerics;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Sits between a router that gives every row all experts and the experts: records the probabilities of each row's best ones, and truncates
/// the plan by a rule. The layers thus see the text as they will with a router that follows the rules, whatever its plugin.
/// </summary>
public sealed class RoutingProbe : IRouter
{
    private readonly IRouter _inner;
    private readonly ModelDescription _model;
    private readonly LayerCandidates?[] _candidates;
    private readonly RouterRule[] _rules;
    private readonly TextUse?[] _texts;
    private readonly long[] _entries;
    private readonly float[] _probabilities;
    private readonly int[] _experts;
    private readonly float[] _weights;
    private bool _isPooled;

    /// <param name="inner">A router that gives every row all E experts, with probabilities as weights, renormalised or not.</param>
    /// <param name="model">The model.</param>
    /// <param name="candidates">M: number of best experts recorded per row.</param>
    /// <param name="pool">Which experts a text may use; null for all, with nothing recorded per text.</param>
    public RoutingProbe(IRouter inner, ModelDescription model, int candidates, PoolRule? pool = null)
    {
        (_inner, _model) = (inner, model);
        _candidates = [.. model.Layers.Select(layer => layer.Experts > 1 ? new LayerCandidates(candidates) : null)];
        _rules = [.. model.Layers.Select(layer => RouterRule.Fixed(layer.ExpertsUsed))];
        _texts = [.. model.Layers.Select(layer => layer.Experts > 1 && pool is not null ? new TextUse(layer.Experts, pool) : null)];
        _entries = new long[model.Layers.Length];
        _probabilities = new float[model.Layers.Max(layer => layer.Experts)];
        (_experts, _weights) = (new int[_probabilities.Length], new float[_probabilities.Length]);
    }

    public IMemoryDomain Domain => _inner.Domain;

    public int MaxExpertsPerRow => _inner.MaxExpertsPerRow;

    /// <summary>Layers with several experts, ascending.</summary>
    public IEnumerable<int> Layers => Enumerable.Range(0, _candidates.Length).Where(layer => _candidates[layer] is not null);

    /// <summary>Records of a layer since <see cref="Begin"/>.</summary>
    public LayerCandidates Of(int layer) => _candidates[layer]!;

    /// <summary>Average experts per row since <see cref="Begin"/>.</summary>
    public double Average(int layer) => (double)_entries[layer] / _candidates[layer]!.Rows;

    /// <summary>Records of each text since <see cref="Begin"/>.</summary>
    internal IReadOnlyList<TextShares> TextsOf(int layer) => _texts[layer]!.Texts;

    /// <summary>Discards the records and applies other rules from now on.</summary>
    /// <param name="rule">Rule of each layer.</param>
    /// <param name="isPooled">Whether texts have pools.</param>
    public void Begin(Func<int, RouterRule> rule, bool isPooled = true)
    {
        _isPooled = isPooled;
        foreach (int layer in Layers)
        {
            _candidates[layer]!.Clear();
            _texts[layer]?.Clear();
            (_rules[layer], _entries[layer]) = (rule(layer), 0);
        }
    }

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        _inner.Route(layer, step, hidden, plan);
        int from = 0, experts = _model.Layers[layer].Experts;
        for (int row = 0; row < step.Rows; row++)
        {
            // Rows shrink, so a row is written at its old place or before it, after it was read.
            int end = plan.Offsets.AsSpan<int>()[row + 1];
            if (end - from != experts)
                throw new InvalidDataException($"calibration: row {row} of layer {layer} has {end - from} experts, expected all {experts}");

            Span<float> probabilities = _probabilities.AsSpan(0, experts);
            for (int i = from; i < end; i++)
                probabilities[plan.Experts.AsSpan<int>()[i]] = plan.Weights.AsSpan<float>()[i];

            _texts[layer]?.Take(step.Positions.AsSpan<int>()[row], probabilities, _isPooled);
            int count = Cut(layer, probabilities);
            plan.SetRow(row, _experts.AsSpan(0, count), _weights.AsSpan(0, count));
            from = end;
        }
    }

    public void Dispose()
    {
        // The pipeline disposes of the router, which it built.
    }

    private int Cut(int layer, Span<float> probabilities)
    {
        (RouterRule rule, LayerCandidates noted) = (_rules[layer], _candidates[layer]!);
        int best = Math.Max(rule.Most, noted.Width);
        Span<float> weights = _weights.AsSpan(0, best);
        ExpertChoice.Largest(probabilities, _experts.AsSpan(0, best), weights);
        noted.Add(weights[..noted.Width]);

        int count = ExpertChoice.Count(weights[..rule.Most], rule.Least, rule.Threshold, rule.Temperature);
        if (_model.Layers[layer].Has(Trait.Renormalise))
            ExpertChoice.Renormalise(weights[..count]);
        _entries[layer] += count;
        return count;
    }
}
