using Spud;

namespace Attention.Ring;

/// <summary>Counts the work of each rank: triples of a row, a key that it sees and a KV head, in all layers.</summary>
internal sealed class FoldedKeys
{
    private readonly Figure[] _figures;
    private readonly (int KvHeads, long Window)[] _layers;

    /// <param name="build">Model and figures.</param>
    /// <param name="ranks">Number of ranks.</param>
    public FoldedKeys(IFoldBuildContext build, int ranks)
    {
        _figures = [.. Enumerable.Range(0, ranks).Select(rank => build.Figure(NameOf(rank)))];
        _layers = [.. build.Model.Layers.Select(static layer => (layer.Kv.Heads, (long)Math.Min(layer.Number(Trait.Window, float.PositiveInfinity), 1L << 40)))];
    }

    /// <summary>Name of the figure of a rank.</summary>
    public static string NameOf(int rank) => $"keys folded by rank {rank}";

    /// <summary>Counts one fold.</summary>
    public void Add(int layer, in Step step, ReadOnlySpan<PageView> shards)
    {
        (int heads, long window) = _layers[layer];
        for (int rank = 0; rank < shards.Length; rank++)
        {
            int headsOfKey = shards[rank].HeadRunOffsets.IsPresent ? 1 : heads;
            for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
            {
                SequenceSlice slice = step.Sequences[sequence];
                long seen = 0;
                foreach (ref readonly KeyRun run in shards[rank].Of(sequence))
                    seen += SeenOf(run, shards[rank], slice, window);

                _figures[rank].Add(slice, (double)seen * headsOfKey);
            }
        }
    }

    /// <summary>Pairs of a row and a key at consecutive positions that it sees.</summary>
    /// <param name="firstKey">Position of the first key.</param>
    /// <param name="keys">Number of keys.</param>
    /// <param name="firstRow">Position of the first row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="window">Keys that a row may see, including its own.</param>
    public static long Seen(long firstKey, long keys, long firstRow, long rows, long window) =>
        Causal(keys, firstRow - firstKey, rows) - Causal(keys, firstRow - window - firstKey, rows);

    private static long SeenOf(in KeyRun run, in PageView pages, in SequenceSlice slice, long window)
    {
        if (run.LastPosition - run.FirstPosition + 1 == run.Keys)
            return Seen(run.FirstPosition, run.Keys, slice.FirstPosition, slice.Rows, window);

        long seen = 0;
        foreach (int position in pages.PositionsOf(run).AsSpan<int>())
            seen += Seen(position, 1, slice.FirstPosition, slice.Rows, window);

        return seen;
    }

    // Pairs of a row at `first`, `first` + 1, … and a key at 0 .. keys - 1 that is not after the row.
    private static long Causal(long keys, long first, long rows) => UpTo(keys, first + rows) - UpTo(keys, first);

    private static long UpTo(long keys, long rows)
    {
        if (rows <= 0)
            return 0;

        long growing = Math.Min(rows, keys);
        return growing * (growing + 1) / 2 + (rows - growing) * keys;
    }
}
