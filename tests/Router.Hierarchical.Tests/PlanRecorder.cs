using Spud;

namespace Router.Hierarchical.Tests;

/// <summary>Notes the experts that the router inside it plans, by layer and row.</summary>
internal sealed class PlanRecorder(IRouter inner, ModelDescription model) : IRouter
{
    private readonly List<int[]>[] _rows = [.. model.Layers.Select(static _ => new List<int[]>())];

    public IMemoryDomain Domain => inner.Domain;

    public int MaxExpertsPerRow => inner.MaxExpertsPerRow;

    /// <summary>The experts of each row of a layer, in the order in which they were read.</summary>
    public IReadOnlyList<int[]> RowsOf(int layer) => _rows[layer];

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        inner.Route(layer, step, hidden, plan);
        ReadOnlySpan<int> offsets = plan.Offsets.AsSpan<int>(), experts = plan.Experts.AsSpan<int>();
        for (int row = 0; row < step.Rows; row++)
            _rows[layer].Add(experts[offsets[row]..offsets[row + 1]].ToArray());
    }

    public void Dispose()
    {
        // The pipeline disposes of the router inside.
    }
}
