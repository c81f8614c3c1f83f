namespace Spud.Execution;

/// <summary>Host memory for what the pages of one layer look like in a step.</summary>
/// <param name="Slots">I32 [Rows], or [Rows * G] if a layer's pages are per head: where each row goes.</param>
/// <param name="Runs">I32 [R, 5].</param>
/// <param name="RunOffsets">I32 [Sequences + 1].</param>
/// <param name="HeadRunOffsets">I32 [Sequences * G + 1]; absent where no layer has per-head pages.</param>
internal sealed record StepTables(TensorView Slots, TensorView Runs, TensorView RunOffsets, TensorView HeadRunOffsets)
{
    public long Bytes => Slots.Bytes + Runs.Bytes + RunOffsets.Bytes + (HeadRunOffsets.IsPresent ? HeadRunOffsets.Bytes : 0);

    /// <summary>Writes the runs of a sequence behind those of the sequences before it; how many runs there are then.</summary>
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

    /// <summary>The view of what was written.</summary>
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
