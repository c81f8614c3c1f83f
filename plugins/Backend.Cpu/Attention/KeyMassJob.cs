using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Sums the probabilities that rows of one sequence gave to keys, by position; one part per chunk and KV head.</summary>
internal struct KeyMassJob : IJob
{
    public required AttentionLayer Layer;

    /// <summary>The rows.</summary>
    public required SequenceSlice Slice;

    /// <summary>F32 [R, H, D].</summary>
    public required TensorView Query;

    public required PageView Pages;

    /// <summary>A reader of the same pages.</summary>
    public required PageReader Reader;

    /// <summary>Max and Sum [R, H].</summary>
    public required AttentionState State;

    /// <summary>F32 [G, positions], accumulated into.</summary>
    public required TensorView Mass;

    /// <summary>At least <see cref="ChunkScratch.Floats"/> per worker.</summary>
    public required WorkerScratch Scratch;

    private readonly int FirstChunk => Math.Max(0, Slice.FirstPosition - Layer.Window + 1) / FoldPlan.ChunkTokens;

    private readonly int EndChunk => (Slice.FirstPosition + Slice.Rows - 1) / FoldPlan.ChunkTokens + 1;

    public readonly int Parts => (EndChunk - FirstChunk) * Layer.KvHeads;

    public readonly void Run(int part, int worker)
    {
        (int chunk, int kvHead) = (FirstChunk + part / Layer.KvHeads, part % Layer.KvHeads);
        Span<float> added = stackalloc float[FoldPlan.ChunkTokens];
        added.Clear();
        for (int row = 0; row < Slice.Rows; row += FoldPlan.BlockRows)
            AddBlock(BlockAt(row, chunk), kvHead, chunk, Scratch.Of(worker), added);

        Span<float> mass = Mass.At(kvHead).AsSpan<float>();
        BlockScores all = new(Layer, Pages, Reader, BlockAt(0, chunk) with { Rows = Slice.Rows }, kvHead, chunk);
        for (BlockScores.Keys keys = all.First(); keys.Any; keys = all.Next(keys))
        {
            ReadOnlySpan<int> positions = Reader.PositionsOf(keys.Seen);
            for (int key = 0; key < positions.Length; key++)
                mass[positions[key]] += added[positions[key] - all.Start];
        }
    }

    private readonly FoldPlan.Block BlockAt(int row, int chunk) =>
        new(0, row, Math.Min(FoldPlan.BlockRows, Slice.Rows - row), Slice.FirstPosition + row, chunk, chunk + 1, FirstPartial: 0);

    /// <param name="block">Some of the rows.</param>
    /// <param name="kvHead">The KV head.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="memory">The worker's scratch.</param>
    /// <param name="added">The sums, by distance from the start of the chunk.</param>
    private readonly void AddBlock(in FoldPlan.Block block, int kvHead, int chunk, Span<float> memory, Span<float> added)
    {
        ChunkScratch scratch = new(memory, block.Rows * Layer.Group, Layer.KeyWidth, Layer.ValueWidth);
        BlockScores scores = new(Layer, Pages, Reader, block, kvHead, chunk);
        BlockScores.Keys first = scores.First();
        if (!first.Any)
            return;

        BlockScores.Gather(Layer, block, kvHead, Query, scratch.Queries);
        for (BlockScores.Keys keys = first; keys.Any; keys = scores.Next(keys))
        {
            scores.Score(keys, scratch);
            ReadOnlySpan<int> positions = Reader.PositionsOf(keys.Seen);
            for (int row = 0; row < scratch.Rows; row++)
                AddRow(block, kvHead, row, scratch.ScoresOf(row).Slice(scores.ColumnOf(keys), positions.Length), positions, scores.Start, added);
        }
    }

    private readonly void AddRow(in FoldPlan.Block block, int kvHead, int row, Span<float> scores, ReadOnlySpan<int> positions, int start, Span<float> added)
    {
        int entry = (block.FirstRow + row / Layer.Group) * Layer.QueryHeads + kvHead * Layer.Group + row % Layer.Group;
        float sum = State.Sum.AsSpan<float>()[entry];
        if (sum == 0)
            return;

        Vectors.Exp(scores, State.Max.AsSpan<float>()[entry]);
        if (positions[^1] - positions[0] + 1 == positions.Length)
        {
            Vectors.AddScaled(1 / sum, scores, added.Slice(positions[0] - start, positions.Length));
            return;
        }

        for (int key = 0; key < positions.Length; key++)
            added[positions[key] - start] += scores[key] / sum;
    }
}
