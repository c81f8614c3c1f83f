using Spud;

namespace Backend.Cpu.Attention;

/// <summary>
/// How the fold of one step is split. A block is a number of rows of one sequence; it reads its keys in chunks of
/// <see cref="ChunkTokens"/> positions, each folded separately and merged in order, so that a row's bits depend neither on its
/// neighbours nor on which thread folds which chunk. In a small step every chunk of a block is a separate work item.
/// </summary>
internal sealed class FoldPlan
{
    /// <summary>Positions per chunk.</summary>
    public const int ChunkTokens = 256;

    /// <summary>Number of rows per block where more would leave threads without work.</summary>
    public const int BlockRows = 8;

    private const int SplitRows = 8, MaxBlockRows = 32, MaxBlockQueries = 96, BlocksPerThread = 4;
    private readonly Block[] _blocks;

    public FoldPlan(Limits limits)
    {
        int chunks = limits.ContextTokens / ChunkTokens + 1;
        MaxPartials = Math.Min(Math.Min(SplitRows, limits.Rows) * chunks, chunks + 256);
        _blocks = new Block[Math.Max(MaxPartials, limits.Rows / BlockRows + limits.Sequences)];
    }

    /// <summary>Maximum number of (row, chunk) pairs of a split plan.</summary>
    public int MaxPartials { get; }

    /// <summary>The blocks of this step.</summary>
    public ReadOnlySpan<Block> Blocks => _blocks.AsSpan(0, Count);

    /// <summary>Number of blocks.</summary>
    public int Count { get; private set; }

    /// <summary>Whether each block is a single chunk, to be merged afterwards.</summary>
    public bool IsSplit { get; private set; }

    /// <summary>One work item per KV head. In a split plan FirstPartial is the index of its first row's partial state.</summary>
    public readonly record struct Block(
        int Sequence, int FirstRow, int Rows, int FirstPosition, int FirstChunk, int EndChunk, int FirstPartial);

    /// <summary>
    /// Rows per block where there are enough of them: keys are read from memory once for each block, and a chunk of them, the queries and their scores have room in the second-level cache
    /// (5 % of a prompt of 8,000 tokens on Zen 5, compared with blocks of 8).
    /// </summary>
    /// <param name="group">Query heads per KV head.</param>
    public static int WideBlockRows(int group) => Math.Clamp(MaxBlockQueries / group, BlockRows, MaxBlockRows);

    /// <summary>Splits a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="layer">The layer that is folded.</param>
    /// <param name="threads">Number of threads that share the blocks of all KV heads.</param>
    public void Make(in Step step, AttentionLayer layer, int threads)
    {
        int wide = WideBlockRows(layer.Group);
        Count = 0;
        Add(step, layer.Window, step.Rows / wide * layer.KvHeads >= BlocksPerThread * threads ? wide : BlockRows);
        int partials = 0;
        foreach (Block block in Blocks)
            partials += block.Rows * (block.EndChunk - block.FirstChunk);

        IsSplit = step.Rows <= SplitRows && partials <= MaxPartials;
        if (IsSplit)
            SplitByChunk(partials);
    }

    private void Add(in Step step, int window, int blockRows)
    {
        ReadOnlySpan<SequenceSlice> sequences = step.Sequences;
        for (int i = 0; i < sequences.Length; i++)
        {
            for (int row = 0; row < sequences[i].Rows; row += blockRows)
            {
                int rows = Math.Min(blockRows, sequences[i].Rows - row), position = sequences[i].FirstPosition + row;
                int first = Math.Max(0, position - window + 1) / ChunkTokens, end = (position + rows - 1) / ChunkTokens + 1;
                _blocks[Count++] = new Block(i, sequences[i].FirstRow + row, rows, position, first, end, FirstPartial: 0);
            }
        }
    }

    // In place, from the back: a block becomes at least one, so blocks not yet read are never overwritten.
    private void SplitByChunk(int partials)
    {
        int whole = Count, at = 0;
        foreach (Block block in Blocks)
            at += block.EndChunk - block.FirstChunk;

        Count = at;
        for (int i = whole - 1; i >= 0; i--)
        {
            Block block = _blocks[i];
            for (int chunk = block.EndChunk - 1; chunk >= block.FirstChunk; chunk--)
            {
                partials -= block.Rows;
                _blocks[--at] = block with { FirstChunk = chunk, EndChunk = chunk + 1, FirstPartial = partials };
            }
        }
    }
}
