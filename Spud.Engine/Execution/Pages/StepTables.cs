namespace Spud.Execution;

/// <summary>Host memory that describes the pages of one layer in a step.</summary>
/// <param name="Slots">I32 [Rows], or [Rows * G] if a layer's pages are per head: the slot of each row.</param>
/// <param name="Runs">I32 [R, 5].</param>
/// <param name="RunOffsets">I32 [Sequences + 1].</param>
/// <param name="HeadRunOffsets">I32 [Sequences * G + 1]; absent if no layer has per-head pages.</param>
internal sealed record StepTables(TensorView Slots, TensorView Runs, TensorView RunOffsets, TensorView HeadRunOffsets)
{
    public long Bytes => Slots.Bytes + Runs.Bytes + RunOffsets.Bytes + (HeadRunOffsets.IsPresent ? HeadRunOffsets.Bytes : 0);

    /// <summary>Writes the runs of a sequence after those of the previous sequences; returns the new number of runs.</summary>
    public int Write(PoolPages pages, int sequence, int runs, ReadOnlySpan<RunTable> ofHeads)
    {
        RunOffsets.AsSpan<int>()[sequence] = runs;
        for (int head = 0; head < pages.Tables; head++)
        {
            if (pages.Layout.PerHead)
                HeadRunOffsets.AsSpan<int>()[sequence * pages.Tables + head] = runs;
            if (ofHeads.IsEmpty)
                continue;

            ReadOnlySpan<KeyRun> kept = ofHeads[head].Runs;
            kept.CopyTo(Runs.AsSpan<KeyRun>()[runs..]);
            runs += kept.Length;
        }

        return runs;
    }

    /// <summary>A view of the written tables.</summary>
    public PageView ViewOf(PoolPages pages, int sequences, int runs)
    {
        RunOffsets.AsSpan<int>()[sequences] = runs;
        if (pages.Layout.PerHead)
            HeadRunOffsets.AsSpan<int>()[sequences * pages.Tables] = runs;

        return new()
        {
            Pool = pages.Pool,
            Runs = Runs.Rows(0, Math.Max(runs, 1)),
            RunOffsets = RunOffsets.Rows(0, sequences + 1),
            HeadRunOffsets = pages.Layout.PerHead ? HeadRunOffsets.Rows(0, sequences * pages.Tables + 1) : default,
        };
    }
}
