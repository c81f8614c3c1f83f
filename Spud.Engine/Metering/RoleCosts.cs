namespace Spud.Metering;

/// <summary>What a role costs in one layer and phase, from the weights that its component took and the pages that it reads.</summary>
/// <param name="Weights">FLOPs.</param>
/// <param name="Bytes">Of weights.</param>
/// <param name="FlopsPerKey">For one key that one row sees: 2 H (D + Dv).</param>
/// <param name="BytesPerKey">Keys and values of a token, read.</param>
/// <param name="BytesPerRow">Keys and values of a token, written.</param>
internal readonly record struct RoleCosts(WeightCost Weights, WeightBytes Bytes, long FlopsPerKey, long BytesPerKey, long BytesPerRow)
{
    /// <summary>FLOPs of so many rows.</summary>
    public long Flops(long rows, long planEntries, long logitRows, long keysSeen) => Weights.For(rows, planEntries, logitRows) + FlopsPerKey * keysSeen;
}
