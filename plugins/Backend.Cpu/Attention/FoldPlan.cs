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

    /// <summary>Maximum number of rows per block.</summary>
    public const int BlockRows = 8;

    private const int SplitRows = 8;
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

    /// <summary>Splits a step.</summary>
    public void Make(in Step step, int window)
    {
        Count = 0;
        Add(step, window);
        int partials = 0;
        foreach (Block block in Blocks)
            partials += block.Rows * (block.EndChunk - block.FirstChunk);

        IsSplit = step.Rows <= SplitRows && partials <= MaxPartials;
        if (IsSplit)
            SplitByChunk(partials);
    }

    private void Add(in Step step, int window)
    {
        ReadOnlySpan<SequenceSlice> sequences = step.Sequences;
        for (int i = 0; i < sequences.Length; i++)
        {
            for (int row = 0; row < sequences[i].Rows; row += BlockRows)
            {
                int rows = Math.Min(BlockRows, sequences[i].Rows - row), position = sequences[i].FirstPosition + row;
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
