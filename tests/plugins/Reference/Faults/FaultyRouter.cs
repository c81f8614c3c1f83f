using Spud;

namespace Reference;

/// <summary>A router that goes wrong in one way.</summary>
internal sealed class FaultyRouter(IPerLayerRouter router, Fault fault) : IPerLayerRouter
{
    public IMemoryDomain Domain => router.Domain;

    public int MaxExpertsPerRow => router.MaxExpertsPerRow;

    public int MaxExpertsIn(int layer) => router.MaxExpertsIn(layer);

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        router.Route(layer, step, hidden, plan);
        if (fault == Fault.NamesTwice)
            plan.Experts.Ints[1] = plan.Experts.Ints[0];
        if (fault == Fault.NamesNone && step.Sequences[0].Effort == 0)
            plan.Offsets.Ints.Clear();
    }

    public void Dispose() => router.Dispose();
}
