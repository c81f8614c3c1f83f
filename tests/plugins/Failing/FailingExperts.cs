using Spud;

namespace Failing;

/// <summary>Adds nothing to a row, until one is at a position where it fails. Which request fails depends on its length alone.</summary>
internal sealed class FailingExperts : IExperts
{
    private readonly FailingOptions _options;
    private readonly IBuildContext _build;

    public FailingExperts(FailingOptions options, IBuildContext build)
    {
        (_options, _build) = (options, build);
        foreach (int layer in build.Layers)
            TakeWeights(layer);
    }

    public IMemoryDomain Domain => _build.Host;

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        foreach (int position in step.Positions.AsSpan<int>())
        {
            if (position >= _options.ThrowsFrom)
                throw new InvalidOperationException($"no experts at position {position}");
            if (position >= _options.HangsFrom)
                Thread.Sleep(Timeout.Infinite);
        }
    }

    public void Dispose()
    {
    }

    // A pipeline in which nobody takes them is refused.
    private void TakeWeights(int layer)
    {
        LayerDescription of = _build.Model.Layers[layer];
        (int experts, int width, int hidden) = (of.Experts, of.ExpertWidth, _build.Model.HiddenWidth);
        _build.Weights.Take($"blk.{layer}.ffn_norm.weight", hidden);
        _build.Weights.Take($"blk.{layer}.ffn_gate_exps.weight", experts, width, hidden);
        _build.Weights.Take($"blk.{layer}.ffn_up_exps.weight", experts, width, hidden);
        _build.Weights.Take($"blk.{layer}.ffn_down_exps.weight", experts, hidden, width);
    }
}
