namespace Spud.Runtime.Metering;

/// <summary>What attention costs beside its weights: the products of a row's query with the keys it sees, and of their weights with the values.</summary>
internal static class AttentionCost
{
    /// <summary>FLOPs for one key that one row sees: 2 H (D + Dv).</summary>
    public static long FlopsPerKey(LayerDescription layer) => 2L * layer.QueryHeads * (layer.Kv.KeyWidth + layer.Kv.ValueWidth);

    /// <summary>Keys that a row sees, its own included: those that the cache still has and that lie inside the window.</summary>
    /// <param name="layer">Its window, if it has one.</param>
    /// <param name="depth">Tokens of the sequence before the row.</param>
    /// <param name="keptAtMost">Tokens that the cache keeps between two steps.</param>
    public static long KeysSeen(LayerDescription layer, int depth, int keptAtMost)
    {
        long keys = Math.Min(depth, keptAtMost) + 1L;
        return layer.Has(Trait.Window) ? Math.Min(keys, (long)layer.Number(Trait.Window, 0)) : keys;
    }
}
