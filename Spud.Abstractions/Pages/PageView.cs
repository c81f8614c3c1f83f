namespace Spud;

/// <summary>A page source: what <see cref="IAttention.Fold"/> reads. Made by the host; valid during the call.</summary>
public readonly struct PageView
{
    /// <summary>The layer's pages.</summary>
    public required PagePool Pool { get; init; }

    /// <summary>I32 [R, 5]: <see cref="KeyRun"/>s, oldest first in a sequence, on the host.</summary>
    public required TensorView Runs { get; init; }

    /// <summary>I32 [S + 1]: where the runs of each sequence start, on the host.</summary>
    public required TensorView RunOffsets { get; init; }

    /// <summary>Runs of <c>Step.Sequences[sequence]</c>, oldest first.</summary>
    public ReadOnlySpan<KeyRun> Of(int sequence)
    {
        Span<int> offsets = RunOffsets.AsSpan<int>();
        return Runs.AsSpan<KeyRun>()[offsets[sequence]..offsets[sequence + 1]];
    }

    /// <summary>[Keys, D] of a run and KV head.</summary>
    public TensorView KeysOf(in KeyRun run, int kvHead) => Pool.Keys.At(run.Page).At(kvHead).Rows(run.FirstKey, run.Keys);

    /// <summary>[Keys, Dv] of a run and KV head.</summary>
    public TensorView ValuesOf(in KeyRun run, int kvHead) => Pool.Values.At(run.Page).At(kvHead).Rows(run.FirstKey, run.Keys);

    /// <summary>I32 [Keys]: positions of a run's keys, ascending.</summary>
    public TensorView PositionsOf(in KeyRun run) => Pool.Positions.At(run.Page).Rows(run.FirstKey, run.Keys);
}
