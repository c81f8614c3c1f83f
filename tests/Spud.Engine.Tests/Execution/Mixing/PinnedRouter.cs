namespace Spud.Tests.Execution.Mixing;

/// <summary>Writes down what a router decides, or repeats what another one did: near-ties flip legitimately between backends.</summary>
/// <param name="inner">The router of the pipeline.</param>
/// <param name="plans">In the order of the calls.</param>
/// <param name="repeats">Whether they are repeated.</param>
internal sealed class PinnedRouter(IRouter inner, List<(int[] Offsets, int[] Experts, float[] Weights)> plans, bool repeats) : IRouter
{
    private int _next;

    public IMemoryDomain Domain => inner.Domain;

    public int MaxExpertsPerRow => inner.MaxExpertsPerRow;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        if (repeats)
        {
            (int[] offsets, int[] experts, float[] weights) = plans[_next++];
            offsets.CopyTo(plan.Offsets.AsSpan<int>());
            experts.CopyTo(plan.Experts.AsSpan<int>());
            weights.CopyTo(plan.Weights.AsSpan<float>());
            return;
        }

        inner.Route(layer, step, hidden, plan);
        plans.Add((plan.Offsets.AsSpan<int>().ToArray(), plan.Experts.AsSpan<int>().ToArray(), plan.Weights.AsSpan<float>().ToArray()));
    }

    public void Dispose()
    {
        // The pipeline disposes of the router inside.
    }
}
