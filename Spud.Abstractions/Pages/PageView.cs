using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>The pages that <see cref="IAttention.Fold"/> reads. Made by the host; valid during the call.</summary>
public readonly struct PageView
{
    /// <summary>The pool of the layer.</summary>
    public required PagePool Pool { get; init; }

    /// <summary>I32 [R, 5] on the host: the <see cref="KeyRun"/>s, oldest first in each sequence.</summary>
    public required TensorView Runs { get; init; }

    /// <summary>I32 [S + 1] on the host: where the runs of each sequence start.</summary>
    public required TensorView RunOffsets { get; init; }

    /// <summary>
    /// I32 [S * G + 1] on the host, in a per-head pool: where the runs of each sequence and KV head start, ordered by sequence, then by head.
    /// Absent in a shared pool.
    /// </summary>
    [Experimental(Experiments.Id)]
    public TensorView HeadRunOffsets { get; init; }

    /// <summary>Runs of <c>Step.Sequences[sequence]</c>, oldest first; may be empty. In a per-head pool, those of all heads.</summary>
    public ReadOnlySpan<KeyRun> Of(int sequence)
    {
        Span<int> offsets = RunOffsets.AsSpan<int>();
        return Runs.AsSpan<KeyRun>()[offsets[sequence]..offsets[sequence + 1]];
    }

    /// <summary>Runs of <c>Step.Sequences[sequence]</c> and a KV head, oldest first; may be empty.</summary>
    [Experimental(Experiments.Id)]
    public ReadOnlySpan<KeyRun> Of(int sequence, int kvHead)
    {
        if (!HeadRunOffsets.IsPresent)
            return Of(sequence);

        int heads = (HeadRunOffsets.Shape[0] - 1) / (RunOffsets.Shape[0] - 1);
        ReadOnlySpan<int> offsets = HeadRunOffsets.AsSpan<int>().Slice(sequence * heads + kvHead, 2);
        return Runs.AsSpan<KeyRun>()[offsets[0]..offsets[1]];
    }

    /// <summary>[Keys, D]: keys of a run and KV head; in a per-head pool a run is of one head.</summary>
    public TensorView KeysOf(in KeyRun run, int kvHead) => Pool.Keys.At(run.Page).At(HeadOf(kvHead)).Rows(run.FirstKey, run.Keys);

    /// <summary>[Keys, Dv]: values of a run and KV head; in a per-head pool a run is of one head.</summary>
    public TensorView ValuesOf(in KeyRun run, int kvHead) => Pool.Values.At(run.Page).At(HeadOf(kvHead)).Rows(run.FirstKey, run.Keys);

    /// <summary>I32 [Keys]: positions of a run's keys, ascending.</summary>
    public TensorView PositionsOf(in KeyRun run) => Pool.Positions.At(run.Page).Rows(run.FirstKey, run.Keys);

    private int HeadOf(int kvHead) => HeadRunOffsets.IsPresent ? 0 : kvHead;
}
