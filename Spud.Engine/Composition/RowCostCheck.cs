namespace Spud.Composition;

/// <summary>What plugins say that their own computations cost.</summary>
internal static class RowCostCheck
{
    /// <summary>The cost, if it is one.</summary>
    /// <param name="cost">As the plugin says.</param>
    /// <param name="member">The member that says so.</param>
    /// <exception cref="InvalidOperationException">A number is negative.</exception>
    public static RowCost Require(RowCost cost, string member) => cost is { Flops: >= 0, WeightBytes: >= 0 } ? cost
        : throw new InvalidOperationException($"{member} is {cost.Flops} FLOPs and {cost.WeightBytes} bytes, expected at least 0");
}
