namespace Spud.Execution;

/// <summary>One shard of a layer of a sequence, as a cache policy sees it: a layer with one pool.</summary>
internal sealed class ShardHistory(PageTable table, int shard) : IHistory
{
    public int Tokens => table.Tokens;

    public ReadOnlySpan<KeyRun> Runs => table.RunsOf(shard, 0);

    public void Drop(int run, int firstKey, int keys) => table.Drop(shard, 0, run, firstKey, keys);

    public ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => table.RunsOf(Checked(pool), head);

    public ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => table.PositionsOf(Checked(pool), run);

    public void Drop(int pool, int head, int run, int firstKey, int keys) => table.Drop(Checked(pool), head, run, firstKey, keys);

    public ReadOnlySpan<int> TokenIds => table.TokenIds;

    public TensorView State => table.State;

    public TensorView Notes => table.Notes;

    public void AddKeyMass(in TensorView notes, in TensorView mass) => table.AddKeyMass(shard, notes, mass);

    public void Encode(int pool, int head, int run, int into) => throw new ArgumentException("encode: the layer has one pool, whose keys are sharded", nameof(into));

    private int Checked(int pool)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pool, 0);
        return shard;
    }
}
