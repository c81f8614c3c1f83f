namespace Spud.Execution;

/// <summary>One layer of a sequence, or one shard of it, as seen by a cache policy, with the pools of its layout.</summary>
/// <param name="table">The sequence's pages in the layer.</param>
/// <param name="layer">The layer's pools.</param>
/// <param name="shard">Index of the shard; 0 if keys are not sharded.</param>
internal sealed class LayerHistory(PageTable table, LayerPages layer, int shard) : IHistory
{
    public int Tokens => table.Tokens;

    public int Shards => layer.ShardCount;

    public ReadOnlySpan<int> TokenIds => table.TokenIds;

    public ReadOnlySpan<KeyRun> Runs => RunsOf(0, 0);

    public TensorView State => Observed.State.StateOf(table.Sequence);

    public TensorView Notes => Observed.State.NotesOf(table.Sequence);

    private ObservedLayer Observed => layer.Observed ?? throw new InvalidOperationException("review: the policy keeps no state in this layer (IKeepsSequenceState)");

    public void Drop(int run, int firstKey, int keys) => Drop(0, 0, run, firstKey, keys);

    public ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => TableOf(pool, head).Runs;

    public ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => layer.Pools[InShard(pool)].PositionsOf(run);

    public void Drop(int pool, int head, int run, int firstKey, int keys) => TableOf(pool, head).Drop(run, firstKey, keys);

    public void Encode(int pool, int head, int run, int into)
    {
        RunTable from = TableOf(pool, head);
        if (into <= pool || into >= layer.PoolCount)
            throw new ArgumentException($"encode: from pool {pool} into pool {into} of {layer.PoolCount}; expected a later pool", nameof(into));
        if (from.Pages.Layout.PerHead && !layer.Pools[InShard(into)].Layout.PerHead)
            throw new ArgumentException($"encode: pool {pool} has pages of one head, pool {into} of all heads; expected a per-head pool", nameof(into));

        from.Encode(run, InShard(into));
    }

    public void AddKeyMass(in TensorView notes, in TensorView mass)
    {
        KeyMassReader reader = Observed.KeyMass ?? throw new InvalidOperationException("review: the layout does not say that it reads key mass (CacheLayout.ReadsKeyMass)");
        reader(table, layer.Shards is null ? null : shard, notes, mass);
    }

    private RunTable TableOf(int pool, int head)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)layer.KvHeads, nameof(head));
        return table.TableOf(InShard(pool), head);
    }

    private int InShard(int pool)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pool, (uint)layer.PoolCount, nameof(pool));
        return pool * layer.ShardCount + shard;
    }
}
