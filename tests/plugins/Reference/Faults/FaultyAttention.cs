using Spud;

namespace Reference;

/// <summary>An attention that goes wrong in one way.</summary>
internal sealed class FaultyAttention(ReferenceAttention attention, Fault fault, IBuildContext build) : IAttention, IGivesKeyMass
{
    public IMemoryDomain Domain => attention.Domain;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads) => attention.Project(layer, step, input, heads);

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        if (fault == Fault.ForgetsState)
            state.Sum.Floats.Clear();

        attention.Fold(layer, fault switch { Fault.ForgetsCausality => Moved(step, 1, consecutive: false), Fault.AssumesConsecutiveRows => Moved(step, 0, consecutive: true), _ => step }, query, Changed(pages), state);
    }

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass)
    {
        if (fault == Fault.SpreadsMass)
        {
            foreach (ref float entry in mass.Floats)
                entry++;
            return;
        }

        if (fault == Fault.ForgetsSum)
            state.Sum.Floats.Fill(1);

        attention.AddKeyMass(layer, step, query, shards, state, mass);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        if (fault == Fault.OverwritesOutput)
            output.Floats.Clear();

        attention.Finish(layer, step, state, output);
    }

    public void Dispose() => attention.Dispose();

    /// <summary>The same rows at other positions.</summary>
    private Step Moved(Step step, int by, bool consecutive)
    {
        TensorView positions = Copy(step.Positions);
        foreach (SequenceSlice slice in step.Sequences)
        {
            for (int row = 0; row < slice.Rows; row++)
                positions.Ints[slice.FirstRow + row] = by + (consecutive ? slice.FirstPosition + row : positions.Ints[slice.FirstRow + row]);
        }

        return new()
        {
            TokenIds = step.TokenIds,
            Positions = positions,
            SequenceOfRow = step.SequenceOfRow,
            Slices = step.Sequences.ToArray(),
        };
    }

    private PageView Changed(in PageView pages)
    {
        if (fault == Fault.ReadsOneHead && !pages.HeadRunOffsets.IsPresent)
            return pages;
        if (fault is not (Fault.LosesPageBorders or Fault.AssumesNoGaps or Fault.ReadsOneSequence or Fault.ReadsOneHead))
            return pages;

        TensorView runs = Copy(pages.Runs), offsets = Copy(pages.RunOffsets), positions = Copy(pages.Pool.Positions);
        PageView changed = new() { Pool = new() { Keys = pages.Pool.Keys, Values = pages.Pool.Values, Positions = positions }, Runs = runs, RunOffsets = offsets, HeadRunOffsets = pages.HeadRunOffsets };
        if (fault == Fault.ReadsOneSequence)
        {
            // All of them get the runs of the first, one after the other.
            (int first, int sequences) = (offsets.Ints[1], offsets.Shape[0] - 1);
            changed = changed with { Runs = Repeated(runs, first, sequences) };
            for (int i = 0; i <= sequences; i++)
                offsets.Ints[i] = i * first;
            return changed;
        }

        if (fault == Fault.ReadsOneHead)
            return changed with { Runs = OfFirstHeads(pages, out TensorView headOffsets), HeadRunOffsets = headOffsets };

        foreach (ref KeyRun run in runs.AsSpan<KeyRun>())
        {
            if (fault == Fault.LosesPageBorders && run.FirstKey + run.Keys == positions.Shape[1] && run.Keys > 1)
                run = run with { Keys = run.Keys - 1 };
            for (int key = 0; fault == Fault.AssumesNoGaps && key < run.Keys; key++)
                positions.At(run.Page).Ints[run.FirstKey + key] = run.FirstPosition + key;
        }

        return changed;
    }

    private TensorView OfFirstHeads(in PageView pages, out TensorView headOffsets)
    {
        int sequences = pages.RunOffsets.Shape[0] - 1, heads = (pages.HeadRunOffsets.Shape[0] - 1) / sequences;
        List<KeyRun> runs = [];
        headOffsets = Copy(pages.HeadRunOffsets);
        for (int i = 0; i < sequences * heads; i++)
        {
            runs.AddRange(pages.Of(i / heads, 0));
            headOffsets.Ints[i + 1] = runs.Count;
        }

        TensorView all = build.Allocate(build.Host, ElementType.I32, Math.Max(1, runs.Count), pages.Runs.Shape[1]);
        runs.ToArray().CopyTo(all.AsSpan<KeyRun>());
        return all;
    }

    private TensorView Repeated(in TensorView runs, int first, int times)
    {
        TensorView all = build.Allocate(build.Host, ElementType.I32, first * times, runs.Shape[1]);
        for (int i = 0; i < times; i++)
            runs.Rows(0, first).Ints.CopyTo(all.Rows(i * first, first).Ints);
        return all;
    }

    private TensorView Copy(in TensorView ints)
    {
        TensorView copy = build.Allocate(build.Host, ElementType.I32, ints.Shape);
        ints.Ints.CopyTo(copy.Ints);
        return copy;
    }
}
