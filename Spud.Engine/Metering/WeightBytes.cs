using Spud.Models;

namespace Spud.Metering;

/// <summary>Bytes of weights, in the model's format, read by a step: once, regardless of its number of rows.</summary>
/// <param name="PerStep">Bytes read in full by every step.</param>
/// <param name="PerRow">Bytes of a token's row of an embedding.</param>
/// <param name="PerExpert">Bytes of one expert, if any row of the step uses it.</param>
/// <param name="IfLogits">Bytes read in full if any row's logits are read.</param>
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

    /// <summary>Bytes read by a step with this many rows and distinct experts.</summary>
    public long For(long rows, long experts, bool logits) => PerStep + PerRow * rows + PerExpert * experts + (logits ? IfLogits : 0);
}
