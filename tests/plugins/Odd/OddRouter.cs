using Spud;

namespace Odd;

/// <summary>Gives every row one expert.</summary>
internal sealed class OddRouter : IRouter
{
    private readonly Workspace _ones;
    private readonly int _expert;

    public OddRouter(IBuildContext build, int expert = 0)
    {
        (Domain, _ones, _expert) = (build.Host, build.Reserve(build.Host, sizeof(float)), expert);

        // Somebody has to take them, or the pipeline is refused.
        foreach (int layer in build.Layers)
            build.Weights.Take($"blk.{layer}.ffn_gate_inp.weight", build.Model.Layers[layer].Experts, build.Model.HiddenWidth);
    }

    public IMemoryDomain Domain { get; }

    public int MaxExpertsPerRow => 1;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Span<float> weight = _ones.View(ElementType.F32, 1).AsSpan<float>();
        weight[0] = 1;
        for (int row = 0; row < step.Rows; row++)
            plan.SetRow(row, [_expert], weight);
    }

    public void Dispose()
    {
    }
}
