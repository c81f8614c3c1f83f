using Spud;

namespace Wrapper;

/// <summary>The heaviest experts of the plan of another router, at most so many a row; their weights make up for the ones that went.</summary>
internal sealed class CappedRouter : IRouter, ILabelsText
{
    private readonly IRouter _inner;
    private readonly Figure _dropped;
    private readonly TensorView _offsets, _experts, _weights;
    private readonly int[] _chosen;
    private readonly float[] _kept;

    public CappedRouter(CappedOptions options, IBuildContext build)
    {
        _inner = build.Component<IRouter>(options.Inner);
        MaxExpertsPerRow = Math.Min(options.Experts, _inner.MaxExpertsPerRow);
        _dropped = build.Figure("dropped experts");
        _offsets = build.Allocate(build.Host, ElementType.I32, build.Limits.Rows + 1);
        _experts = build.Allocate(build.Host, ElementType.I32, build.Limits.Rows * _inner.MaxExpertsPerRow);
        _weights = build.Allocate(build.Host, ElementType.F32, build.Limits.Rows * _inner.MaxExpertsPerRow);
        (_chosen, _kept) = (new int[MaxExpertsPerRow], new float[MaxExpertsPerRow]);
    }

    public IMemoryDomain Domain => _inner.Domain;

    public int MaxExpertsPerRow { get; }

    // What the router inside keeps of texts is passed on to it; this one keeps nothing.
    public SequenceStateLayout? StateOf(int layer) => (_inner as IKeepsSequenceState)?.StateOf(layer);

    public void Advance(int layer, in TensorView notes, in TensorView state) => ((IKeepsSequenceState)_inner).Advance(layer, notes, state);

    public TextLabel? LabelOf(ReadOnlySpan<TensorView> states) => (_inner as ILabelsText)?.LabelOf(states);

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Shape.Require(plan.Offsets, [step.Rows + 1], "plan.Offsets");
        RoutingPlan all = new()
        {
            Offsets = _offsets.Rows(0, step.Rows + 1),
            Experts = _experts.Rows(0, step.Rows * _inner.MaxExpertsPerRow),
            Weights = _weights.Rows(0, step.Rows * _inner.MaxExpertsPerRow),
        };
        _inner.Route(layer, step, hidden, all);
        foreach (SequenceSlice sequence in step.Sequences)
        {
            for (int row = sequence.FirstRow; row < sequence.FirstRow + sequence.Rows; row++)
                _dropped.Add(sequence, Cap(all, row, plan));
        }
    }

    public void Dispose()
    {
    }

    private int Cap(in RoutingPlan all, int row, in RoutingPlan plan)
    {
        (int first, int end) = (all.Offsets.AsSpan<int>()[row], all.Offsets.AsSpan<int>()[row + 1]);
        ReadOnlySpan<int> experts = all.Experts.AsSpan<int>()[first..end];
        Span<float> weights = all.Weights.AsSpan<float>()[first..end];
        if (experts.Length <= MaxExpertsPerRow)
        {
            plan.SetRow(row, experts, weights);
            return 0;
        }

        float sum = 0, kept = 0;
        foreach (float weight in weights)
            sum += weight;

        for (int i = 0; i < MaxExpertsPerRow; i++)
        {
            int best = 0;
            for (int j = 1; j < weights.Length; j++)
                best = weights[j] > weights[best] ? j : best;

            (_chosen[i], _kept[i]) = (experts[best], weights[best]);
            kept += weights[best];
            weights[best] = float.NegativeInfinity;
        }

        foreach (ref float weight in _kept.AsSpan())
            weight *= sum / kept;

        plan.SetRow(row, _chosen, _kept);
        return experts.Length - MaxExpertsPerRow;
    }
}
