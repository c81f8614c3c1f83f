namespace Spud.Execution;

/// <summary>Host memory for what the pages of one layer look like in a step.</summary>
/// <param name="Slots">I32 [Rows], or [Rows * G] if a layer's pages are per head: where each row goes.</param>
/// <param name="Runs">I32 [R, 5].</param>
/// <param name="RunOffsets">I32 [Sequences + 1].</param>
/// <param name="HeadRunOffsets">I32 [Sequences * G + 1]; absent where no layer has per-head pages.</param>
internal sealed record StepTables(TensorView Slots, TensorView Runs, TensorView RunOffsets, TensorView HeadRunOffsets)
{
    public long Bytes => Slots.Bytes + Runs.Bytes + RunOffsets.Bytes + (HeadRunOffsets.IsPresent ? HeadRunOffsets.Bytes : 0);
}
