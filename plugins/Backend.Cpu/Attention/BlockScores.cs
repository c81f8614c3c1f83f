using Backend.Cpu.Kernels;
using Backend.Shared.Attention;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Scores of a block of rows against the keys of one chunk that any of them sees; hidden keys score negative infinity.</summary>
/// <param name="layer">The layer.</param>
/// <param name="pages">The pages of a step.</param>
/// <param name="reader">A reader of the same pages.</param>
/// <param name="block">The rows.</param>
/// <param name="kvHead">The KV head.</param>
/// <param name="chunk">Index of the chunk.</param>
internal readonly ref struct BlockScores(AttentionLayer layer, in PageView pages, in PageReader reader, in FoldPlan.Block block, int kvHead, int chunk)
{
    private readonly PageReader _reader = reader;
    private readonly FoldPlan.Block _block = block;
    private readonly ReadOnlySpan<KeyRun> _runs = pages.Of(block.Sequence, kvHead);
    private readonly int _from = Math.Max(chunk * FoldPlan.ChunkTokens, block.FirstPosition - layer.Window + 1);
    private readonly int _to = Math.Min((chunk + 1) * FoldPlan.ChunkTokens - 1, block.FirstPosition + block.Rows - 1);

    /// <summary>Position of the chunk's first column.</summary>
    public int Start => chunk * FoldPlan.ChunkTokens;

    /// <summary>Columns to process.</summary>
    public int Columns => ChunkScratch.ColumnsFor(_to - Start + 1);

    /// <summary>The block's queries of one KV head, contiguous.</summary>
    public static void Gather(AttentionLayer layer, in FoldPlan.Block block, int kvHead, in TensorView query, Span<float> queries)
    {
        int width = layer.Group * layer.KeyWidth;
        ReadOnlySpan<float> all = query.AsSpan<float>();
        for (int row = 0; row < block.Rows; row++)
            all.Slice(((block.FirstRow + row) * layer.KvHeads + kvHead) * width, width).CopyTo(queries[(row * width)..]);
    }

    /// <summary>The first keys; empty if the chunk has none. The following ones: <see cref="Next"/>.</summary>
    public Keys First()
    {
        Keys keys = new() { Run = RunSearch.FirstReaching(_runs, _from) - 1 };
        return Next(keys);
    }

    public Keys Next(in Keys before)
    {
        for (int run = before.Run + 1; run < _runs.Length && _runs[run].FirstPosition <= _to; run++)
        {
            if (RunSearch.Cut(_runs[run], _reader.PositionsOf(_runs[run]), _from, _to) is { Keys: > 0 } seen)
                return new() { Run = run, Seen = seen };
        }

        return default;
    }

    // A key's column is its distance from the start of the chunk, so that a row's sums do not depend on which keys were dropped earlier.
    public int ColumnOf(in Keys keys) => keys.Seen.FirstPosition - Start;

    public void Score(in Keys keys, in ChunkScratch scratch)
    {
        int column = ColumnOf(keys);
        ReadOnlySpan<int> positions = _reader.PositionsOf(keys.Seen);
        ChunkKernels.Score(scratch, column, _reader, keys.Seen, kvHead);
        for (int row = 0; row < _block.Rows; row++)
        {
            int position = _block.FirstPosition + row;
            int seen = RunSearch.IndexOf(keys.Seen, positions, position - layer.Window + 1), unseen = RunSearch.IndexOf(keys.Seen, positions, position + 1);
            for (int i = 0; i < layer.Group; i++)
            {
                Span<float> scores = scratch.ScoresOf(row * layer.Group + i).Slice(column, keys.Seen.Keys);
                scores[..seen].Fill(float.NegativeInfinity);
                scores[unseen..].Fill(float.NegativeInfinity);
            }
        }
    }

    /// <summary>Keys of one run.</summary>
    public readonly struct Keys
    {
        /// <summary>Index of the run.</summary>
        public required int Run { get; init; }

        /// <summary>Its keys that are in the chunk.</summary>
        public KeyRun Seen { get; init; }

        public bool Any => Seen.Keys > 0;
    }
}
