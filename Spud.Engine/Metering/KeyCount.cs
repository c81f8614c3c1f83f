namespace Spud.Metering;

/// <summary>
/// Keys that rows see: kept, at positions up to the row's own, within the window. Computed from positions only, one run at a time.
/// </summary>
/// <param name="Seen">Number of pairs of a row and a key that it sees.</param>
/// <param name="Read">Number of keys seen by any of the rows.</param>
internal readonly record struct KeyCount(long Seen, long Read)
{
    /// <summary>Window of a layer without one.</summary>
    public const long NoWindow = 1L << 40;

    public static KeyCount operator +(KeyCount a, KeyCount b) => new(a.Seen + b.Seen, a.Read + b.Read);

    /// <summary>Counts the keys of one run without gaps.</summary>
    /// <param name="firstKey">Position of the run's first key.</param>
    /// <param name="lastKey">Position of the run's last key.</param>
    /// <param name="firstRow">Position of the first row.</param>
    /// <param name="lastRow">Position of the last row.</param>
    /// <param name="window">Keys that a row may see, including its own.</param>
    public static KeyCount Of(long firstKey, long lastKey, long firstRow, long lastRow, long window)
    {
        long keys = lastKey - firstKey + 1;
        long seen = Causal(keys, firstRow - firstKey, lastRow - firstKey) - Causal(keys, firstRow - window - firstKey, lastRow - window - firstKey);
        long read = Math.Min(lastKey, lastRow) - Math.Max(firstKey, firstRow - window + 1) + 1;
        return new(seen, Math.Max(0, read));
    }

    /// <summary>Counts the keys of all runs of a table, oldest first.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="keys">Their number of keys.</param>
    /// <param name="pool">The pool with their positions.</param>
    /// <param name="firstRow">Position of the first row.</param>
    /// <param name="lastRow">Position of the last row.</param>
    /// <param name="window">Keys that a row may see, including its own.</param>
    public static KeyCount Of(ReadOnlySpan<KeyRun> runs, int keys, PagePool pool, long firstRow, long lastRow, long window)
    {
        // Every row sees all keys, as when a token is decoded: no need to look at each run.
        if (!runs.IsEmpty && runs[^1].LastPosition <= firstRow && runs[0].FirstPosition > lastRow - window)
            return new((lastRow - firstRow + 1) * keys, keys);

        KeyCount sum = default;
        foreach (ref readonly KeyRun run in runs)
        {
            if (run.LastPosition - run.FirstPosition + 1 == run.Keys)
                sum += Of(run.FirstPosition, run.LastPosition, firstRow, lastRow, window);
            else if (run.LastPosition <= firstRow && run.FirstPosition > lastRow - window)
                sum += new KeyCount((lastRow - firstRow + 1) * run.Keys, run.Keys);
            else
                sum += OneByOne(pool.Positions.At(run.Page).Rows(run.FirstKey, run.Keys).AsSpan<int>(), firstRow, lastRow, window);
        }

        return sum;
    }

    private static KeyCount OneByOne(ReadOnlySpan<int> positions, long firstRow, long lastRow, long window)
    {
        KeyCount sum = default;
        foreach (int position in positions)
            sum += Of(position, position, firstRow, lastRow, window);

        return sum;
    }

    // Pairs of a row at `first` .. `last` and a key at 0 .. keys - 1, where the key is not after the row.
    private static long Causal(long keys, long first, long last) => UpTo(keys, last) - UpTo(keys, first - 1);

    private static long UpTo(long keys, long last)
    {
        long rows = last + 1;
        if (rows <= 0)
            return 0;

        long growing = Math.Min(rows, keys);
        return growing * (growing + 1) / 2 + (rows - growing) * keys;
    }
}
