using Spud.Models;

namespace Spud.Metering;

/// <summary>Bytes of weights, in the model's format, that a step reads: once, however many rows it has.</summary>
/// <param name="PerStep">What every step reads whole.</param>
/// <param name="PerRow">A token's row of an embedding.</param>
/// <param name="PerExpert">One expert, if any row of the step uses it.</param>
/// <param name="IfLogits">What is read whole if the logits of any row are.</param>
internal readonly record struct WeightBytes(long PerStep, long PerRow, long PerExpert, long IfLogits)
{
    public static WeightBytes operator +(WeightBytes a, WeightBytes b) =>
        new(a.PerStep + b.PerStep, a.PerRow + b.PerRow, a.PerExpert + b.PerExpert, a.IfLogits + b.IfLogits);

    public static WeightBytes Of(WeightEntry weight, bool tied) => WeightUses.Of(weight, tied) switch
    {
        WeightUse.PlanEntry or WeightUse.PlanEntryElementwise => new(0, 0, weight.Bytes / weight.Shape[0], 0),
        WeightUse.LogitRow when WeightUses.IsEmbedding(weight) => new(0, weight.Bytes / weight.Shape[0], 0, weight.Bytes),
        WeightUse.LogitRow => new(0, 0, 0, weight.Bytes),
        WeightUse.Lookup => new(0, weight.Bytes / weight.Shape[0], 0, 0),
        _ => new(weight.Bytes, 0, 0, 0),
    };

    /// <summary>What a step of so many rows and different experts reads.</summary>
    public long For(long rows, long experts, bool logits) => PerStep + PerRow * rows + PerExpert * experts + (logits ? IfLogits : 0);
}
