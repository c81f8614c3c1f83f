using Spud;

namespace Router.Dynamic;

/// <summary>
/// Softmax over all experts as the model was trained; of the M best as few as hold a share of their mass, at least a minimum.
/// Effort multiplies the share. Weights are those that the model would give to just these experts.
/// </summary>
internal sealed class DynamicRouter : IPerLayerRouter
{
    private readonly IBuildContext _build;
    private readonly GateLayer?[] _gates;
    private readonly LayerRule[] _rules;
    private readonly Workspace _normed, _probabilities, _counts, _experts, _weights;

    public DynamicRouter(DynamicRouterOptions options, IBuildContext build)
    {
        _build = build;
        _rules = LayerRules.Of(options, build);
        _gates = new GateLayer?[_rules.Length];
        foreach (int layer in build.Layers)
        {
            if (build.Model.Layers[layer].Experts == 1)
                continue;

            _gates[layer] = new GateLayer(build, layer);
            MaxExpertsPerRow = Math.Max(MaxExpertsPerRow, _rules[layer].Most);
        }

        int rows = build.Limits.Rows, e = build.Layers.Max(layer => build.Model.Layers[layer].Experts);
        _normed = Reserve(rows, build.Model.HiddenWidth);
        _probabilities = Reserve(rows, e);
        _counts = Reserve(rows, 1);
        _experts = Reserve(rows, MaxExpertsPerRow);
        _weights = Reserve(rows, MaxExpertsPerRow);
    }

    public IMemoryDomain Domain => _build.Host;

    public int MaxExpertsPerRow { get; } = 1;

    public int MaxExpertsIn(int layer) => _rules[layer].Most;

    public float? ExpectedExperts(int layer) => _rules[layer].Expected;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        (int t, int c, int m) = (step.Rows, _build.Model.HiddenWidth, _rules[layer].Most);
        Shape.Require(hidden, [t, c], "hidden", "[T, C]");
        Shape.Require(plan.Offsets, [t + 1], "offsets", "[T + 1]");
        ChooseJob choose = new()
        {
            Gate = _gates[layer]!,
            Rule = _rules[layer],
            Epsilon = _build.Model.NormEpsilon,
            Step = step,
            Hidden = hidden,
            Normed = _normed.View(ElementType.F32, t, c),
            Probabilities = _probabilities.View(ElementType.F32, t, _build.Model.Layers[layer].Experts),
            Choice = new()
            {
                Counts = _counts.View(ElementType.I32, t),
                Experts = _experts.View(ElementType.I32, t, m),
                Weights = _weights.View(ElementType.F32, t, m),
            },
        };
        _build.Pool.Run((t + ChooseJob.BlockRows - 1) / ChooseJob.BlockRows, ref choose);
        choose.Choice.WriteTo(plan);
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }

    private Workspace Reserve(int rows, int width) => _build.Reserve(_build.Host, (long)rows * width * sizeof(float));
}
