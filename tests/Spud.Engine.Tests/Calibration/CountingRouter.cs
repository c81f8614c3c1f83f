namespace Spud.Tests.Calibration;

/// <summary>Counts what the router inside it plans.</summary>
internal sealed class CountingRouter(IRouter inner) : IRouter
{
    private long _rows, _entries;

    public IMemoryDomain Domain => inner.Domain;

    public int MaxExpertsPerRow => inner.MaxExpertsPerRow;

    /// <summary>Experts of a row on average, over layers and steps.</summary>
    public double Average => (double)_entries / _rows;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        inner.Route(layer, step, hidden, plan);
        _rows += step.Rows;
        _entries += plan.Offsets.AsSpan<int>()[step.Rows];
    }

    public void Dispose()
    {
        // The pipeline disposes of the router inside.
    }
}
