using Spud;
using Spud.Conformance.Fixtures;

namespace Backend.Torch.Tests.Device;

/// <summary>Views of the host in the memory of a domain, and back.</summary>
internal sealed class Moved(TestBuild build, IMemoryDomain domain)
{
    /// <summary>A copy in the domain.</summary>
    public TensorView There(in TensorView view)
    {
        TensorView there = build.Allocate(domain, view.Type, view.Shape);
        domain.Copy(view, there);
        return there;
    }

    /// <summary>A copy on the host.</summary>
    public TensorView Back(in TensorView view)
    {
        TensorView back = build.Allocate(build.Host, view.Type, view.Shape);
        domain.Copy(view, back);
        domain.Wait();
        return back;
    }

    /// <summary>A step whose views are in the domain.</summary>
    public Step There(in Step step) => new()
    {
        TokenIds = There(step.TokenIds),
        Positions = There(step.Positions),
        SequenceOfRow = There(step.SequenceOfRow),
        Slices = step.Sequences.ToArray(),
    };

    /// <summary>Pages whose keys and values are in the domain.</summary>
    public PageView There(in PageView pages) => new()
    {
        Pool = new() { Keys = There(pages.Pool.Keys), Values = There(pages.Pool.Values), Positions = pages.Pool.Positions },
        Runs = pages.Runs,
        RunOffsets = pages.RunOffsets,
    };

    /// <summary>A plan in the domain.</summary>
    public RoutingPlan There(in RoutingPlan plan) => new() { Offsets = There(plan.Offsets), Experts = There(plan.Experts), Weights = There(plan.Weights) };
}
