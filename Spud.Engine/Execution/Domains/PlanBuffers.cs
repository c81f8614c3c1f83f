namespace Spud.Execution;

/// <summary>Memory for routing plans in one domain.</summary>
internal sealed class PlanBuffers
{
    private readonly TensorView _offsets, _experts, _weights;

    /// <param name="account">Counts the memory.</param>
    /// <param name="domain">The domain of the plans.</param>
    /// <param name="rows">Maximum rows per step.</param>
    /// <param name="expertsPerRow">Maximum experts per row.</param>
    public PlanBuffers(MemoryAccount account, IMemoryDomain domain, int rows, int expertsPerRow)
    {
        _offsets = account.Allocate(domain, ElementType.I32, rows + 1);
        _experts = account.Allocate(domain, ElementType.I32, checked(rows * expertsPerRow));
        _weights = account.Allocate(domain, ElementType.F32, checked(rows * expertsPerRow));
    }

    /// <summary>A plan for this many rows with at most this many experts each.</summary>
    public RoutingPlan Of(int rows, int expertsPerRow) => new()
    {
        Offsets = _offsets.Rows(0, rows + 1),
        Experts = _experts.Rows(0, rows * expertsPerRow),
        Weights = _weights.Rows(0, rows * expertsPerRow),
    };

    /// <summary>Fills it, in host memory, with the plan of a dense layer: every row uses expert 0 with weight 1.</summary>
    public void FillWithDensePlan()
    {
        for (int row = 0; row < _offsets.Shape[0]; row++)
            _offsets.AsSpan<int>()[row] = row;

        _weights.AsSpan<float>().Fill(1);
    }
}
