using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>
/// The operations of a pipeline's step in one phase, in order: compiled once from the components and their memory domains,
/// run by <see cref="ForwardPass"/>, printed by <c>spud explain</c>.
/// </summary>
internal sealed class StepPlan
{
    private readonly Operation[] _operations;

    public StepPlan(Operation[] operations)
    {
        _operations = operations;
        int entered = -1;
        for (int i = 0; i < operations.Length; i++)
        {
            operations[i].BeginsLayer = operations[i].Layer > entered;
            entered = Math.Max(entered, operations[i].Layer ?? -1);
            operations[i].EndsCost = i + 1 == operations.Length || operations[i + 1].CostSlot != operations[i].CostSlot;
        }
    }

    public ReadOnlySpan<Operation> Operations => _operations;

    /// <summary>Operations that copy between memory domains, in order; empty for a pipeline in one domain.</summary>
    public ImmutableArray<CopyOperation> Copies => [.. _operations.OfType<CopyOperation>()];
}
