using Attention.Ring.Native;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>What a rank needs of a step to fold it: written by rank 0, read by the rank.</summary>
internal ref struct FoldMessage
{
    public int Layer;
    public ReadOnlySpan<SequenceSlice> Sequences;
    public TensorView TokenIds, Positions, SequenceOfRow, Query, Runs, RunOffsets, HeadRunOffsets;
    public TensorView Keys, Values;

    private static int RunFields => 5;

    public static void Write(MessageWriter to, int layer, in Step step, in TensorView query, in PageView pages)
    {
        ReadOnlySpan<KeyRun> runs = pages.Runs.AsSpan<KeyRun>()[..pages.RunOffsets.AsSpan<int>()[^1]];
        to.Put(layer);
        to.PutAll(step.Sequences);
        to.PutTensor(step.TokenIds);
        to.PutTensor(step.Positions);
        to.PutTensor(step.SequenceOfRow);
        to.PutAll(query.Shape);
        to.PutTensor(query);
        to.PutPlace(pages.Pool.Keys);
        to.PutPlace(pages.Pool.Values);
        to.PutAll(runs);
        to.PutTensor(pages.RunOffsets);
        to.PutAll<int>(pages.HeadRunOffsets.IsPresent ? pages.HeadRunOffsets.AsSpan<int>() : []);
        foreach (ref readonly KeyRun run in runs)
        {
            if (HasGaps(run))
                to.PutAll<int>(pages.PositionsOf(run).AsSpan<int>());
        }
    }

    /// <summary>Reads a message up to the positions of runs with gaps.</summary>
    /// <param name="from">The message.</param>
    /// <param name="host">The host's memory.</param>
    /// <param name="pages">The domain of the pages.</param>
    public static FoldMessage Read(ref MessageReader from, IMemoryDomain host, IMemoryDomain pages)
    {
        FoldMessage read = default;
        read.Layer = from.Take<int>();
        read.Sequences = from.TakeAll<SequenceSlice>();
        (read.TokenIds, read.Positions, read.SequenceOfRow) = (from.TakeInts(host), from.TakeInts(host), from.TakeInts(host));
        ReadOnlySpan<int> shape = from.TakeAll<int>();
        read.Query = from.TakeTensor(host, ElementType.F32, shape);
        (read.Keys, read.Values) = (from.TakePlace(pages), from.TakePlace(pages));
        TensorView runs = from.TakeInts(host), offsets = from.TakeInts(host), headOffsets = from.TakeInts(host);
        read.Runs = new(host, runs.Address, ElementType.I32, runs.Shape[0] / RunFields, RunFields);
        (read.RunOffsets, read.HeadRunOffsets) = (offsets, headOffsets.Shape[0] > 0 ? headOffsets : default);
        return read;
    }

    /// <summary>Notes the positions of all keys, those of runs with gaps from the rest of the message.</summary>
    public readonly void NotePositions(ref MessageReader from, in TensorView positions)
    {
        foreach (ref readonly KeyRun run in Runs.AsSpan<KeyRun>())
        {
            Span<int> of = positions.At(run.Page).Rows(run.FirstKey, run.Keys).AsSpan<int>();
            if (HasGaps(run))
            {
                from.TakeAll<int>().CopyTo(of);
                continue;
            }

            for (int key = 0; key < of.Length; key++)
                of[key] = run.FirstPosition + key;
        }
    }

    private static bool HasGaps(in KeyRun run) => run.LastPosition - run.FirstPosition + 1 != run.Keys;
}
