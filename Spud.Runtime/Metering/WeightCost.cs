using Spud.Runtime.Models;

namespace Spud.Runtime.Metering;

/// <summary>
/// What weights cost by the way they are used, in FLOPs or in bytes. One multiply-add counts as two FLOPs; nothing elementwise counts,
/// no padding, and the number format makes no difference.
/// </summary>
/// <param name="PerRow">For every row of a step.</param>
/// <param name="PerPlanEntry">For every entry of the routing plan.</param>
/// <param name="PerLogitRow">For every row whose logits are read.</param>
internal readonly record struct WeightCost(long PerRow, long PerPlanEntry, long PerLogitRow)
{
    private const string Embedding = "token_embd.weight";
    private const string Output = "output.weight";
    private const string SharedGate = "ffn_gate_inp_shexp.weight";

    public static WeightCost operator +(WeightCost a, WeightCost b) => new(a.PerRow + b.PerRow, a.PerPlanEntry + b.PerPlanEntry, a.PerLogitRow + b.PerLogitRow);

    /// <summary>How a weight is used.</summary>
    /// <param name="name">Canonical.</param>
    /// <param name="axes">Axes of its canonical shape.</param>
    /// <param name="tied">Whether logits use the embedding.</param>
    public static WeightUse UseOf(string name, int axes, bool tied)
    {
        if (name is Embedding or Output)
            return name == Output || tied ? WeightUse.LogitRow : WeightUse.Lookup;
        if (name.EndsWith("_exps.weight", StringComparison.Ordinal))
            return WeightUse.PlanEntry;
        if (name.EndsWith("_exps.bias", StringComparison.Ordinal))
            return WeightUse.PlanEntryElementwise;

        // The gate of a shared expert is a matrix with one output, written as a vector.
        return axes > 1 || name.EndsWith(SharedGate, StringComparison.Ordinal) ? WeightUse.Row : WeightUse.Elementwise;
    }

    /// <summary>FLOPs: two for every element that is multiplied with.</summary>
    public static WeightCost Flops(WeightEntry weight, bool tied)
    {
        long elements = weight.Shape.Aggregate(1L, static (product, axis) => product * axis);
        return UseOf(weight.Name, weight.Shape.Length, tied) switch
        {
            WeightUse.Row => new(2 * elements, 0, 0),
            WeightUse.PlanEntry => new(0, 2 * elements / weight.Shape[0], 0),
            WeightUse.LogitRow => new(0, 0, 2 * elements),
            _ => default,
        };
    }

    /// <summary>Bytes in the model's format that a row reads when it is alone in its step; rows of one step share what they read.</summary>
    public static WeightCost BytesRead(WeightEntry weight, bool tied) => UseOf(weight.Name, weight.Shape.Length, tied) switch
    {
        WeightUse.PlanEntry or WeightUse.PlanEntryElementwise => new(0, weight.Bytes / weight.Shape[0], 0),
        WeightUse.LogitRow when weight.Name == Embedding => new(weight.Bytes / weight.Shape[0], 0, weight.Bytes),
        WeightUse.LogitRow => new(0, 0, weight.Bytes),
        WeightUse.Lookup => new(weight.Bytes / weight.Shape[0], 0, 0),
        _ => new(weight.Bytes, 0, 0),
    };

    /// <summary>The sum for so many of each.</summary>
    public long Of(long rows, long planEntries, long logitRows) => PerRow * rows + PerPlanEntry * planEntries + PerLogitRow * logitRows;
}
