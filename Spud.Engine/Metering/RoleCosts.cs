namespace Spud.Metering;

/// <summary>Costs of a role in one layer and phase, from the weights taken by its component and the pages it reads.</summary>
/// <param name="Weights">FLOPs of weights.</param>
/// <param name="Bytes">Bytes of weights.</param>
/// <param name="FlopsPerScore">FLOPs per key of one KV head that one row sees: 2 H / G (D + Dv); for a cache whose reviews request key mass, 2 H / G D.</param>
/// <param name="BytesPerRow">Bytes of a token's keys and values, written.</param>
internal readonly record struct RoleCosts(WeightCost Weights, WeightBytes Bytes, long FlopsPerScore, long BytesPerRow)
{
    /// <summary>Cost of a row that left before the layer: of an attention, what computes its keys and values there; else nothing.</summary>
    public RowCost Filled { get; init; }

    /// <summary>FLOPs of this many rows.</summary>
    public long Flops(long rows, long planEntries, long logitRows, long scores) => Weights.For(rows, planEntries, logitRows) + FlopsPerScore * scores;
}
