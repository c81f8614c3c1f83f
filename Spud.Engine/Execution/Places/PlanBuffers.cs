namespace Spud.Execution;

/// <summary>Memory for routing plans in one domain.</summary>
internal sealed class PlanBuffers
{
    private readonly TensorView _offsets, _experts, _weights;

    /// <param name="account">Counts the memory.</param>
    /// <param name="domain">Where the plans lie.</param>
    /// <param name="rows">Most rows of a step.</param>
    /// <param name="expertsPerRow">Most experts of a row.</param>
    public PlanBuffers(MemoryAccount account, IMemoryDomain domain, int rows, int expertsPerRow)
    {
        _offsets = account.Allocate(domain, ElementType.I32, rows + 1);
        _experts = account.Allocate(domain, ElementType.I32, checked(rows * expertsPerRow));
        _weights = account.Allocate(domain, ElementType.F32, checked(rows * expertsPerRow));
    }

    /// <summary>Bytes of a plan for each row, and for each of its experts.</summary>
    public static (long PerRow, long PerEntry) Bytes => (sizeof(int), sizeof(int) + sizeof(float));

    /// <summary>For so many rows of at most so many experts.</summary>
    public RoutingPlan Of(int rows, int expertsPerRow) => new()
    {
        Offsets = _offsets.Rows(0, rows + 1),
        Experts = _experts.Rows(0, rows * expertsPerRow),
        Weights = _weights.Rows(0, rows * expertsPerRow),
    };

    /// <summary>A plan in which every row uses expert 0 with weight 1, in host memory: a dense layer.</summary>
    public void FillWithOne()
    {
        for (int row = 0; row < _offsets.Shape[0]; row++)
            _offsets.AsSpan<int>()[row] = row;

        _weights.AsSpan<float>().Fill(1);
    }
}
