using Spud.Models;

namespace Spud.Metering;

/// <summary>
/// FLOPs of weights according to their use. One multiply-add counts as two; elementwise operations and padding do not count, and the number
/// format makes no difference.
/// </summary>
/// <param name="PerRow">FLOPs for every row of a step.</param>
/// <param name="PerPlanEntry">FLOPs for every entry of the routing plan.</param>
/// <param name="PerLogitRow">FLOPs for every row whose logits are read.</param>
internal readonly record struct WeightCost(long PerRow, long PerPlanEntry, long PerLogitRow)
{
    public static WeightCost operator +(WeightCost a, WeightCost b) => new(a.PerRow + b.PerRow, a.PerPlanEntry + b.PerPlanEntry, a.PerLogitRow + b.PerLogitRow);

    /// <summary>FLOPs of a weight: two for every element that takes part in a multiplication.</summary>
    public static WeightCost Of(WeightEntry weight, bool tied)
    {
        long elements = weight.Shape.Aggregate(1L, static (product, axis) => product * axis);
        return WeightUses.Of(weight, tied) switch
        {
            WeightUse.Row => new(2 * elements, 0, 0),
            WeightUse.PlanEntry => new(0, 2 * elements / weight.Shape[0], 0),
            WeightUse.LogitRow => new(0, 0, 2 * elements),
            _ => default,
        };
    }

    /// <summary>The sum for this many of each.</summary>
    public long For(long rows, long planEntries, long logitRows) => PerRow * rows + PerPlanEntry * planEntries + PerLogitRow * logitRows;
}
