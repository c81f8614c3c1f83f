namespace Spud.Conformance.Rigs;

/// <summary>A history whose changes are forgotten, so that a review can be repeated.</summary>
internal sealed class QuietHistory(IHistory history) : IHistory
{
    public int Tokens => history.Tokens;

    public ReadOnlySpan<int> TokenIds => history.TokenIds;

    public ReadOnlySpan<KeyRun> Runs => history.Runs;

    public ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => history.RunsOf(pool, head);

    public ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => history.PositionsOf(pool, run);

    public void Drop(int run, int firstKey, int keys) => Drop(0, 0, run, firstKey, keys);

    public void Drop(int pool, int head, int run, int firstKey, int keys)
    {
        ReadOnlySpan<KeyRun> runs = RunsOf(pool, head);
        if ((uint)run >= (uint)runs.Length || firstKey < 0 || keys < 1 || firstKey > runs[run].Keys - keys)
            throw new ArgumentOutOfRangeException(nameof(run), $"drop: keys {firstKey} .. {firstKey + keys} of run {run}");
    }

    public TensorView State => history.State;

    public TensorView Notes => history.Notes;

    public void AddKeyMass(in TensorView notes, in TensorView mass) => history.AddKeyMass(notes, mass);

    public void Encode(int pool, int head, int run, int into)
    {
        if ((uint)run >= (uint)RunsOf(pool, head).Length || into <= pool)
            throw new ArgumentException($"encode: run {run} from pool {pool} into pool {into}");
    }
}
