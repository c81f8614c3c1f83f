using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Folds one block of rows and one KV head a part, chunk by chunk.</summary>
internal struct FoldJob : IJob
{
    public required AttentionLayer Layer;
    public required FoldPlan Plan;

    /// <summary>F32 [T, H, D].</summary>
    public required TensorView Query;

    public required PageView Pages;

    /// <summary>The same pages.</summary>
    public required PageReader Reader;

    /// <summary>Merged into.</summary>
    public required AttentionState State;

    /// <summary>F32 [partials, H, 2 + Dv]: where a split plan leaves maximum, sum and accumulator of a row and chunk.</summary>
    public required TensorView Partials;

    /// <summary>At least <see cref="ChunkScratch.Floats"/> each.</summary>
    public required WorkerScratch Scratch;

    public readonly int Parts => Plan.Count * Layer.KvHeads;

    public readonly void Run(int part, int worker)
    {
        int kvHead = part % Layer.KvHeads;
        FoldPlan.Block block = Plan.Blocks[part / Layer.KvHeads];
        ChunkScratch scratch = new(Scratch.Of(worker), block.Rows * Layer.Group, Layer.KeyWidth, Layer.ValueWidth);
        Gather(block, kvHead, scratch.Queries);
        for (int chunk = block.FirstChunk; chunk < block.EndChunk; chunk++)
        {
            bool isEmpty = !FoldChunk(block, kvHead, chunk, scratch);
            if (isEmpty && !Plan.IsSplit)
                continue;

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

    /// <summary>Merges what the parts of a split plan left, in the order of the chunks.</summary>
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

    private readonly void Gather(in FoldPlan.Block block, int kvHead, Span<float> queries)
    {
        int width = Layer.Group * Layer.KeyWidth;
        ReadOnlySpan<float> all = Query.AsSpan<float>();
        for (int row = 0; row < block.Rows; row++)
            all.Slice(((block.FirstRow + row) * Layer.KvHeads + kvHead) * width, width).CopyTo(queries[(row * width)..]);
    }

    /// <summary>Partial states that nothing was folded into.</summary>
    private readonly void ForgetSums(Span<float> partials)
    {
        for (int i = 0; i < Layer.Group; i++)
            partials[i * (2 + Layer.ValueWidth) + 1] = 0;
    }

    /// <summary>Folds the keys of a chunk into the scratch's states; false: there are none, and the states are undefined.</summary>
    private readonly bool FoldChunk(in FoldPlan.Block block, int kvHead, int chunk, in ChunkScratch scratch)
    {
        int start = chunk * FoldPlan.ChunkTokens, newest = block.FirstPosition + block.Rows - 1;
        int from = Math.Max(start, block.FirstPosition - Layer.Window + 1), to = Math.Min(start + FoldPlan.ChunkTokens - 1, newest);
        ReadOnlySpan<KeyRun> runs = Pages.Of(block.Sequence, kvHead);
        int first = RunSearch.FirstReaching(runs, from);
        while (first < runs.Length && runs[first].FirstPosition <= to && RunSearch.Cut(Reader, runs[first], from, to).Keys == 0)
            first++;

        if (first == runs.Length || runs[first].FirstPosition > to)
            return false;

        int columns = ChunkScratch.ColumnsFor(to - start + 1);
        scratch.ForgetScores(columns);
        for (int i = first; i < runs.Length && runs[i].FirstPosition <= to; i++)
            if (RunSearch.Cut(Reader, runs[i], from, to) is { Keys: > 0 } keys)
                Score(block, kvHead, keys, keys.FirstPosition - start, scratch);

        scratch.Softmax(columns);
        for (int i = first; i < runs.Length && runs[i].FirstPosition <= to; i++)
            if (RunSearch.Cut(Reader, runs[i], from, to) is { Keys: > 0 } keys)
                ChunkKernels.AddValues(scratch, keys.FirstPosition - start, Reader, keys, kvHead);

        return true;
    }

    // A key's column is its distance from the start of the chunk, so that a row's sums do not depend on which keys were dropped before.
    private readonly void Score(in FoldPlan.Block block, int kvHead, in KeyRun keys, int column, in ChunkScratch scratch)
    {
        ChunkKernels.Score(scratch, column, Reader, keys, kvHead);
        for (int row = 0; row < block.Rows; row++)
        {
            int position = block.FirstPosition + row;
            int seen = RunSearch.IndexOf(Reader, keys, position - Layer.Window + 1), unseen = RunSearch.IndexOf(Reader, keys, position + 1);
            for (int i = 0; i < Layer.Group; i++)
            {
                Span<float> scores = scratch.ScoresOf(row * Layer.Group + i).Slice(column, keys.Keys);
                scores[..seen].Fill(float.NegativeInfinity);
                scores[unseen..].Fill(float.NegativeInfinity);
            }
        }
    }
}
