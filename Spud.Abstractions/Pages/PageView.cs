using System.Diagnostics.CodeAnalysis;

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

    /// <summary>
    /// I32 [S * G + 1] on the host, in a per-head pool: where the runs of each sequence and KV head start, head after head in a sequence.
    /// Absent in a pool that the heads share.
    /// </summary>
    [Experimental(Experiments.Id)]
    public TensorView HeadRunOffsets { get; init; }

    /// <summary>Runs of <c>Step.Sequences[sequence]</c>, oldest first; perhaps none. In a per-head pool, those of all heads.</summary>
    public ReadOnlySpan<KeyRun> Of(int sequence)
    {
        Span<int> offsets = RunOffsets.AsSpan<int>();
        return Runs.AsSpan<KeyRun>()[offsets[sequence]..offsets[sequence + 1]];
    }

    /// <summary>Runs of <c>Step.Sequences[sequence]</c> and a KV head, oldest first; perhaps none.</summary>
    [Experimental(Experiments.Id)]
    public ReadOnlySpan<KeyRun> Of(int sequence, int kvHead)
    {
        if (!HeadRunOffsets.IsPresent)
            return Of(sequence);

        int heads = (HeadRunOffsets.Shape[0] - 1) / (RunOffsets.Shape[0] - 1);
        ReadOnlySpan<int> offsets = HeadRunOffsets.AsSpan<int>().Slice(sequence * heads + kvHead, 2);
        return Runs.AsSpan<KeyRun>()[offsets[0]..offsets[1]];
    }

    /// <summary>[Keys, D] of a run and KV head; in a per-head pool the run has one head alone.</summary>
    public TensorView KeysOf(in KeyRun run, int kvHead) => Pool.Keys.At(run.Page).At(HeadOf(kvHead)).Rows(run.FirstKey, run.Keys);

    /// <summary>[Keys, Dv] of a run and KV head; in a per-head pool the run has one head alone.</summary>
    public TensorView ValuesOf(in KeyRun run, int kvHead) => Pool.Values.At(run.Page).At(HeadOf(kvHead)).Rows(run.FirstKey, run.Keys);

    /// <summary>I32 [Keys]: positions of a run's keys, ascending.</summary>
    public TensorView PositionsOf(in KeyRun run) => Pool.Positions.At(run.Page).Rows(run.FirstKey, run.Keys);

    private int HeadOf(int kvHead) => HeadRunOffsets.IsPresent ? 0 : kvHead;
}
