using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;
using Spud.Numerics;

namespace Backend.Cpu.Attention;

/// <summary>Folds one block of rows and one KV head per part, chunk by chunk.</summary>
internal struct FoldJob : IJob
{
    public required AttentionLayer Layer;
    public required FoldPlan Plan;

    /// <summary>F32 [T, H, D].</summary>
    public required TensorView Query;

    public required PageView Pages;

    /// <summary>A reader of the same pages.</summary>
    public required PageReader Reader;

    /// <summary>The state to merge into.</summary>
    public required AttentionState State;

    /// <summary>F32 [partials, H, 2 + Dv]: maximum, sum and accumulator of each row and chunk in a split plan.</summary>
    public required TensorView Partials;

    /// <summary>At least <see cref="ChunkScratch.Floats"/> per worker.</summary>
    public required WorkerScratch Scratch;

    public readonly int Parts => Plan.Count * Layer.KvHeads;

    public readonly void Run(int part, int worker)
    {
        int kvHead = part % Layer.KvHeads;
        FoldPlan.Block block = Plan.Blocks[part / Layer.KvHeads];
        ChunkScratch scratch = new(Scratch.Of(worker), block.Rows * Layer.Group, Layer.KeyWidth, Layer.ValueWidth);
        bool gathered = false;
        for (int chunk = block.FirstChunk; chunk < block.EndChunk; chunk++)
        {
            BlockScores scores = new(Layer, Pages, Reader, block, kvHead, chunk);
            BlockScores.Keys first = scores.First();
            if (first.Any && !gathered)
            {
                BlockScores.Gather(Layer, block, kvHead, Query, scratch.Queries);
                gathered = true;
            }

            if (first.Any)
                FoldChunk(scores, first, kvHead, scratch);
            Deliver(block, kvHead, scratch, isEmpty: !first.Any);
        }
    }

    /// <summary>Merges the partial states of a split plan, in chunk order.</summary>
    public readonly void MergePartials()
    {
        foreach (FoldPlan.Block block in Plan.Blocks)
            for (int row = 0; row < block.Rows; row++)
                for (int kvHead = 0; kvHead < Layer.KvHeads; kvHead++)
                    Merge(PartialOf(block, row, kvHead), block.FirstRow + row, kvHead);
    }

    // [H / G, 2 + Dv]
    private readonly Span<float> PartialOf(in FoldPlan.Block block, int row, int kvHead) =>
        Partials.At(block.FirstPartial + row).Rows(kvHead * Layer.Group, Layer.Group).AsSpan<float>();

    private readonly void Merge(ReadOnlySpan<float> states, int row, int kvHead)
    {
        int stride = 2 + Layer.ValueWidth, firstHead = kvHead * Layer.Group;
        int heads = Layer.QueryHeads;
        Span<float> max = State.Max.AsSpan<float>().Slice(row * heads, heads), sum = State.Sum.AsSpan<float>().Slice(row * heads, heads);
        Span<float> accumulators = State.Accumulator.AsSpan<float>()[(row * heads * Layer.ValueWidth)..];
        for (int i = 0; i < Layer.Group; i++)
        {
            ReadOnlySpan<float> from = states.Slice(i * stride, stride);
            int head = firstHead + i;
            Span<float> accumulator = accumulators.Slice(head * Layer.ValueWidth, Layer.ValueWidth);
            StateMerge.Run(from[0], from[1], from[2..], ref max[head], ref sum[head], accumulator);
        }
    }

    /// <summary>Marks partial states into which nothing was folded as empty.</summary>
    private readonly void ForgetSums(Span<float> partials)
    {
        for (int i = 0; i < Layer.Group; i++)
            partials[i * (2 + Layer.ValueWidth) + 1] = 0;
    }

    /// <summary>Folds the keys of a chunk into the scratch's states.</summary>
    private readonly void FoldChunk(in BlockScores scores, in BlockScores.Keys first, int kvHead, in ChunkScratch scratch)
    {
        scratch.ForgetScores(scores.Columns);
        for (BlockScores.Keys keys = first; keys.Any; keys = scores.Next(keys))
            scores.Score(keys, scratch);

        scratch.Softmax(scores.Columns);
        for (BlockScores.Keys keys = first; keys.Any; keys = scores.Next(keys))
            ChunkKernels.AddValues(scratch, scores.ColumnOf(keys), Reader, keys.Seen, kvHead);
    }

    /// <summary>Moves a chunk's states to the state, or to the partial states of a split plan; those of a chunk without keys are undefined.</summary>
    private readonly void Deliver(in FoldPlan.Block block, int kvHead, in ChunkScratch scratch, bool isEmpty)
    {
        if (isEmpty && !Plan.IsSplit)
            return;

        for (int row = 0; row < block.Rows; row++)
        {
            ReadOnlySpan<float> states = scratch.StatesOf(row * Layer.Group, Layer.Group);
            if (isEmpty)
                ForgetSums(PartialOf(block, row, kvHead));
            else if (Plan.IsSplit)
                states.CopyTo(PartialOf(block, row, kvHead));
            else
                Merge(states, block.FirstRow + row, kvHead);
        }
    }
}
