using Spud.Models;

namespace Spud.Metering;

/// <summary>
/// FLOPs of weights by the way they are used. One multiply-add counts as two; nothing elementwise counts, no padding, and the number
/// format makes no difference.
/// </summary>
/// <param name="PerRow">For every row of a step.</param>
/// <param name="PerPlanEntry">For every entry of the routing plan.</param>
/// <param name="PerLogitRow">For every row whose logits are read.</param>
internal readonly record struct WeightCost(long PerRow, long PerPlanEntry, long PerLogitRow)
{
    public static WeightCost operator +(WeightCost a, WeightCost b) => new(a.PerRow + b.PerRow, a.PerPlanEntry + b.PerPlanEntry, a.PerLogitRow + b.PerLogitRow);

    /// <summary>Two for every element that is multiplied with.</summary>
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

    /// <summary>The sum for so many of each.</summary>
    public long For(long rows, long planEntries, long logitRows) => PerRow * rows + PerPlanEntry * planEntries + PerLogitRow * logitRows;
}
