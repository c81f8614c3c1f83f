using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>The page pools of one layer. The rows of a step go into the first; a policy moves keys to later ones.</summary>
/// <param name="pools">At least one unless the layer is left out, in the order of the layout; if keys are sharded, the shards of the first, then those of the second, and so on.</param>
/// <param name="tokensAtMost">Maximum tokens of a sequence that the policy promised to keep between two steps.</param>
/// <param name="borderTokens">Review borders are at multiples of this; null if there are none.</param>
internal sealed class LayerPages(ImmutableArray<PoolPages> pools, int tokensAtMost, int? borderTokens)
{
    /// <summary>Of a layer through which no row passes.</summary>
    public static LayerPages None { get; } = new([], 0, null);

    /// <summary>Whether there are no pages: the layer is left out.</summary>
    public bool IsNone => pools.IsEmpty;

    public ImmutableArray<PoolPages> Pools => pools;

    /// <summary>How keys are distributed over the pools by position; null if rows go into the first.</summary>
    public FoldShards? Shards { get; init; }

    /// <summary>Lets runs go on across positions that have no keys, of rows that left early.</summary>
    public void AllowHoles()
    {
        foreach (PoolPages pool in pools)
            pool.HasHoles = true;
    }

    /// <summary>Number of shards per pool; 1 if keys are not sharded.</summary>
    public int ShardCount => Shards?.Domains.Length ?? 1;

    /// <summary>Number of pools in the layout.</summary>
    public int PoolCount => pools.Length / ShardCount;

    /// <summary>What the policy reads at reviews; null if it observes nothing here.</summary>
    public ObservedLayer? Observed { get; set; }

    /// <summary>The pool that takes the rows of a step.</summary>
    public PoolPages First => pools[0];

    /// <summary>G; 0 without pages.</summary>
    public int KvHeads => IsNone ? 0 : First.Tables * First.HeadsPerKey;

    public int TokensAtMost => tokensAtMost;

    public int? BorderTokens => borderTokens;

    /// <summary>A text is reviewed whenever its length reaches or passes a multiple of this.</summary>
    public int ReviewTokens => borderTokens ?? First.PageTokens;

    /// <summary>
    /// Whether a text keeps the same keys here as with another layout of the same cache, or of one that drops no visible keys: because
    /// neither does (guaranteed by a policy without borders), or because both use the same numbers.
    /// </summary>
    public bool KeepsAsMuchAs(LayerPages other) =>
        pools.Length == other.Pools.Length
        && (borderTokens is null && other.BorderTokens is null && pools.Length == ShardCount
            || (tokensAtMost, borderTokens) == (other.TokensAtMost, other.BorderTokens) && pools.Zip(other.Pools).All(static pair => pair.First.Layout.KeysAtMost == pair.Second.Layout.KeysAtMost));

    /// <summary>Whether the keys of a text of this length are in the same shards.</summary>
    public bool DistributesAs(LayerPages other, int tokens)
    {
        if (Shards is null || other.Shards is null)
            return Shards == other.Shards;

        for (int position = 0; position < tokens; position++)
        {
            if (Shards.ShardOf(position) != other.Shards.ShardOf(position))
                return false;
        }

        return ShardCount == other.ShardCount;
    }

    /// <summary>Bytes of the pools in host memory.</summary>
    public long HostBytes => pools.Sum(static pool => pool.HostBytes);

    /// <summary>Bytes per new token, keys and values of all heads.</summary>
    public long BytesPerToken => IsNone ? 0 : First.BytesPerKey * First.Tables;
}
