namespace Spud.Tests.Execution.Depth;

/// <summary>A depth policy by which the row at a position leaves behind the layer that a test names.</summary>
/// <param name="leavesAfter">The layer behind which the row at a position leaves; -1 for none.</param>
/// <param name="missing">What becomes of its keys.</param>
internal sealed class ScriptedExits(Func<int, int> leavesAfter, MissingKeys missing) : ILeavesEarly
{
    public MissingKeys Missing => missing;

    public RowCost LeaveCost { get; init; }

    public RowCost FinishCost { get; init; }

    /// <summary>Exception thrown by the next decision; null for none.</summary>
    public Exception? Fault { get; set; }

    public bool MayLeaveAfter(int layer) => layer < 2;

    public void Leave(int layer, in Step step, in TensorView hidden, Span<bool> leaves)
    {
        if (Fault is { } fault)
            throw fault;

        for (int row = 0; row < step.Rows; row++)
            leaves[row] = leavesAfter(step.Positions.AsSpan<int>()[row]) == layer;
    }

    public void Finish(int layer, in TensorView hidden)
    {
    }
}
