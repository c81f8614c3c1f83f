using Spud;

namespace Router.Shared;

/// <summary>
/// Softmax over all experts as the model was trained; each row gets the smallest number of the M best allowed experts that hold a share of
/// their mass, at least a minimum. Effort multiplies the share. The weights are those that the model would give to just these experts.
/// </summary>
internal sealed class RowRouting
{
    private readonly IBuildContext _build;
    private readonly GateLayer?[] _gates;
    private readonly LayerRule[] _rules;
    private readonly Workspace _normed, _probabilities, _counts, _experts, _weights;

    /// <param name="build">Provides weights and memory.</param>
    /// <param name="rules">[L].</param>
    public RowRouting(IBuildContext build, LayerRule[] rules)
    {
        (_build, _rules) = (build, rules);
        _gates = new GateLayer?[rules.Length];
        foreach (int layer in build.Layers)
        {
            if (build.Model.Layers[layer].Experts == 1)
                continue;

            _gates[layer] = new GateLayer(build, layer);
            MaxExpertsPerRow = Math.Max(MaxExpertsPerRow, rules[layer].Most);
        }

        int rows = build.Limits.Rows, e = build.Layers.Max(layer => build.Model.Layers[layer].Experts);
        _normed = Reserve(rows, build.Model.HiddenWidth);
        _probabilities = Reserve(rows, e);
        _counts = Reserve(rows, 1);
        _experts = Reserve(rows, MaxExpertsPerRow);
        _weights = Reserve(rows, MaxExpertsPerRow);
    }

    /// <summary>The largest M of the layers.</summary>
    public int MaxExpertsPerRow { get; } = 1;

    /// <summary>The rule of a layer.</summary>
    public LayerRule this[int layer] => _rules[layer];

    /// <summary>Fills a plan.</summary>
    /// <param name="layer">A mixture-of-experts layer.</param>
    /// <param name="step">T rows.</param>
    /// <param name="hidden">F32 [T, C].</param>
    /// <param name="rowRule">The experts that each row may use: at least M.</param>
    /// <param name="plan">Written.</param>
    public void Route<TRule>(int layer, in Step step, in TensorView hidden, TRule rowRule, in RoutingPlan plan)
        where TRule : struct, IRowRule
    {
        (int t, int c, int m) = (step.Rows, _build.Model.HiddenWidth, _rules[layer].Most);
        Shape.Require(hidden, [t, c], "hidden", "[T, C]");
        Shape.Require(plan.Offsets, [t + 1], "offsets", "[T + 1]");
        ChooseJob<TRule> choose = new()
        {
            Gate = _gates[layer]!,
            Rule = _rules[layer],
            RowRule = rowRule,
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
        _build.Pool.Run((t + ChooseJob<TRule>.BlockRows - 1) / ChooseJob<TRule>.BlockRows, ref choose);
        choose.Choice.WriteTo(plan);
    }

    private Workspace Reserve(int rows, int width) => _build.Reserve(_build.Host, (long)rows * width * sizeof(float));
}
