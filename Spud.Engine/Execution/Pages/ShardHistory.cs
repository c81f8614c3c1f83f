namespace Spud.Execution;

/// <summary>One shard of a layer of a sequence, as a cache policy sees it: a layer with the pools of its layout.</summary>
internal sealed class ShardHistory(PageTable table, LayerPages layer, int shard) : IHistory
{
    public int Tokens => table.Tokens;

    public ReadOnlySpan<int> TokenIds => table.TokenIds;

    public ReadOnlySpan<KeyRun> Runs => table.RunsOf(shard, 0);

    public TensorView State => table.State;

    public TensorView Notes => table.Notes;

    public void Drop(int run, int firstKey, int keys) => table.Drop(shard, 0, run, firstKey, keys);

    public ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => table.RunsOf(InShard(pool), head);

    public ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => table.PositionsOf(InShard(pool), run);

    public void Drop(int pool, int head, int run, int firstKey, int keys) => table.Drop(InShard(pool), head, run, firstKey, keys);

    public void Encode(int pool, int head, int run, int into)
    {
        if (into <= pool || into >= layer.PoolCount)
            throw new ArgumentException($"encode: from pool {pool} into pool {into} of {layer.PoolCount}; expected a later pool", nameof(into));

        table.Encode(InShard(pool), head, run, InShard(into));
    }

    public void AddKeyMass(in TensorView notes, in TensorView mass) => table.AddKeyMass(shard, notes, mass);

    private int InShard(int pool)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pool, (uint)layer.PoolCount, nameof(pool));
        return pool * layer.ShardCount + shard;
    }
}
