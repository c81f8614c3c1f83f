namespace Spud.Metering;

/// <summary>What a role costs in one layer and phase, from the weights that its component took and the pages that it reads.</summary>
/// <param name="Weights">FLOPs.</param>
/// <param name="Bytes">Of weights.</param>
/// <param name="FlopsPerScore">For one key of one KV head that one row sees: 2 H / G (D + Dv); for a cache whose reviews ask what was looked at 2 H / G D.</param>
/// <param name="BytesPerRow">Keys and values of a token, written.</param>
internal readonly record struct RoleCosts(WeightCost Weights, WeightBytes Bytes, long FlopsPerScore, long BytesPerRow)
{
    /// <summary>FLOPs of so many rows.</summary>
    public long Flops(long rows, long planEntries, long logitRows, long scores) => Weights.For(rows, planEntries, logitRows) + FlopsPerScore * scores;
}
