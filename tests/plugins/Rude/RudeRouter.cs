using Spud;

namespace Rude;

/// <summary>The first experts, with equal weights.</summary>
internal sealed class RudeRouter : IRouter
{
    private readonly string _breaks;
    private readonly IBuildContext _build;
    private int _asked;

    public RudeRouter(string breaks, IBuildContext build)
    {
        (_breaks, _build) = (breaks, build);
        if (breaks.StartsWith("message", StringComparison.Ordinal))
            throw new SpeechlessException(breaks == "message throws");
        if (breaks == "negative share")
            build.Reserve(build.Host, -1);

        // Somebody has to take them, or the pipeline is refused.
        foreach (int layer in build.Layers)
            build.Weights.Take($"blk.{layer}.ffn_gate_inp.weight", build.Model.Layers[layer].Experts, build.Model.HiddenWidth);
    }

    public IMemoryDomain Domain => _breaks switch
    {
        "domain" => throw new NotSupportedException("nowhere"),
        "no domain" => null!,
        _ => _build.Host,
    };

    public int MaxExpertsPerRow => _breaks switch
    {
        "max experts" => throw new NotSupportedException("who counts"),
        "no experts" => 0,
        "all experts" => int.MaxValue,
        "grows" => 2 + _asked++,
        _ => 2,
    };

    public float? ExpectedExperts(int layer) => _breaks == "expected experts" ? throw new NotSupportedException("who knows") : null;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        for (int row = 0; row < step.Rows; row++)
        {
            // One row may take what its neighbours leave.
            int experts = _breaks == "uneven" ? row == 0 ? 4 : 1 : Math.Min(plan.Experts.Shape[0] / step.Rows, MaxExpertsPerRow);
            plan.SetRow(row, [.. Enumerable.Range(0, experts)], [.. Enumerable.Repeat(1f / experts, experts)]);
        }
    }

    public void Dispose()
    {
        if (_breaks == "max experts")
            throw new NotSupportedException("it stays");
    }
}
