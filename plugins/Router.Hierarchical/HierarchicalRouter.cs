using Router.Shared;
using Spud;
using Spud.Numerics;

namespace Router.Hierarchical;

/// <summary>
/// Level 1: from token 64 on, every 256 tokens, each layer's pool is set to the experts that the text has favoured so far. Level 2: each row
/// gets the smallest number of its best experts in the pool that hold a share of their mass. The host keeps the state of a text.
/// </summary>
internal sealed class HierarchicalRouter : IPerLayerRouter, ILabelsText
{
    private readonly IBuildContext _build;
    private readonly RouterSettings _settings;
    private readonly RowRouting _routing;
    private readonly TextLabels? _labels;

    public HierarchicalRouter(HierarchicalRouterOptions options, IBuildContext build)
    {
        _build = build;
        _settings = new(options, build);
        _labels = TextLabels.Of(build);
        _routing = new(build, _settings.Rules);
    }

    public IMemoryDomain Domain => _build.Host;

    public int MaxExpertsPerRow => _routing.MaxExpertsPerRow;

    public int MaxExpertsIn(int layer) => _routing[layer].Most;

    public float? ExpectedExperts(int layer) => _routing[layer].Expected;

    public SequenceStateLayout? StateOf(int layer)
    {
        int experts = ExpertsOf(layer);
        return experts == 1 ? null : new()
        {
            Bytes = TextState.Bytes(experts),
            RowBytes = (experts + 1) / 2 * 2 * sizeof(float),
            BorderTokens = ExpertPool.FirstTokens,
        };
    }

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan) =>
        _routing.Route(layer, step, hidden, new PoolRule(ExpertsOf(layer)), plan);

    public void Advance(int layer, in TensorView notes, in TensorView state)
    {
        int experts = ExpertsOf(layer);
        TextState text = new(state, experts);
        for (int row = 0; row < notes.Shape[0]; row++)
            ExpertPool.Add(text.Sums, notes.At(row).AsSpan<float>()[..experts], _settings.Decay);

        text.Tokens += (ulong)notes.Shape[0];
        if (ExpertPool.BeginsAt((int)text.Tokens) && _settings.PoolOf(layer) < experts)
            ExpertPool.Choose(text.Sums, _settings.PoolOf(layer), _settings.MinMass, text.Pool);
    }

    public TextLabel? LabelOf(ReadOnlySpan<TensorView> states) => _labels?.LabelOf(states);

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }

    private int ExpertsOf(int layer) => _build.Model.Layers[layer].Experts;
}
