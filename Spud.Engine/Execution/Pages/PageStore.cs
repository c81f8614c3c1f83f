namespace Spud.Execution;

/// <summary>
/// All pages of a pipeline: every layer's pools and, by sequence and layer, the tables of kept runs. A step's rows are pending until they
/// are committed, regardless of the cache policy.
/// </summary>
/// <param name="layers">[L]: the pools of each layer.</param>
/// <param name="policy">The cache.</param>
/// <param name="tables">Scratch for one layer's step: one for each view that is read at the same time.</param>
/// <param name="conversionBytes">Bytes of host memory for keys that move from one format to another.</param>
internal sealed class PageStore(LayerPages[] layers, ICachePolicy policy, StepTables[] tables, long conversionBytes)
{
    /// <summary>[L].</summary>
    public IReadOnlyList<LayerPages> Layers => layers;

    /// <summary>Pages needed by steps.</summary>
    public PageDemand Demand { get; } = new(layers);

    /// <summary>The review borders of texts.</summary>
    public required ReviewBorders Borders { get; init; }

    /// <summary>Bytes of the scratch in addition to the pools.</summary>
    public long TableBytes => tables.Sum(static table => table.Bytes) + conversionBytes;

    /// <summary>Tables of a new sequence, one for each layer.</summary>
    public PageTable[] NewTables(ReadOnlyMemory<int> ids, int sequence) => [.. layers.Select(layer => new PageTable(layer, ids, sequence))];

    /// <summary>Bytes of host memory in the pages of one text as long as the context.</summary>
    public long BytesOfOneText => layers.SelectMany(static layer => layer.Pools).Sum(static pool => pool.HostBytes / pool.PageCount * Math.Min(pool.PageCount, pool.PagesPerSequence));

    /// <summary>Bytes per token over all layers.</summary>
    public long BytesPerToken => layers.Sum(layer => layer.BytesPerToken);

    /// <summary>Returns the peak bytes of pages in use since the last call, with each pool at its own peak.</summary>
    public long TakePeakBytes()
    {
        long bytes = 0;
        foreach (PoolPages pool in layers.SelectMany(static layer => layer.Pools))
        {
            bytes += pool.PeakPages * pool.BytesPerPage;
            pool.ForgetPeak();
        }

        return bytes;
    }

    /// <summary>Number of pages, of free ones, and of those that only kept texts hold, in all pools; may be called by any thread.</summary>
    public (long Pages, long Free, long Kept) CountPages()
    {
        (long pages, long free, long kept) = (0, 0, 0);
        foreach (LayerPages layer in layers)
        {
            foreach (PoolPages pool in layer.Pools)
                (pages, free, kept) = (pages + pool.PageCount, free + pool.FreePages, kept + pool.KeptPages);
        }

        return (pages, free, kept);
    }

    /// <summary>Makes room for the step's rows in one layer's pages and determines their slots; pending until committed.</summary>
    public void Place(int layer, Batch batch)
    {
        int perRow = layers[layer].First.Tables;
        Span<int> all = tables[0].Slots.AsSpan<int>();
        foreach (BatchEntry entry in batch.Entries)
            entry.Sequence.Tables[layer].Append(entry.FirstPosition, all.Slice(entry.FirstRow * perRow, entry.Rows * perRow));
    }

    /// <summary>Writes the step's keys and values to the slots determined by <see cref="Place"/>: all rows, or those of one shard.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="pool">0, or the index of the shard.</param>
    /// <param name="batch">The step.</param>
    /// <param name="heads">Heads in the domain of the pool.</param>
    public void Append(int layer, int pool, Batch batch, in Heads heads)
    {
        PoolPages pages = layers[layer].Pools[pool];
        if (layers[layer].Shards is not { } shards)
        {
            Append(pages, heads, 0);
            return;
        }

        ReadOnlySpan<int> positions = batch.Step.Positions.AsSpan<int>();
        for (int from = 0, to; from < positions.Length; from = to)
        {
            bool isHere = shards.ShardOf(positions[from]) == pool;
            to = from + 1;
            while (to < positions.Length && shards.ShardOf(positions[to]) == pool == isHere)
                to++;

            if (isHere)
                Append(pages, Rows(heads, from, to - from), from);
        }
    }

    private void Append(PoolPages pages, in Heads heads, int firstRow)
    {
        TensorView slots = tables[0].Slots.Rows(firstRow * pages.Tables, heads.Key.Shape[0] * pages.Tables);
        pages.Domain.Append(pages.Layout.PerHead ? ByHead(heads) : heads, slots, pages.Pool);
    }

    /// <summary>The keys kept by the step's sequences in one pool of a layer, or in one shard of it; valid until this pool, or another that shares its scratch, is viewed again. False if there are none.</summary>
    public bool TryView(int layer, int pool, Batch batch, out PageView view)
    {
        (PoolPages pages, StepTables scratch) = (layers[layer].Pools[pool], ScratchOf(layer, pool));
        int runs = 0;
        for (int i = 0; i < batch.Entries.Length; i++)
            runs = scratch.Write(pages, i, runs, batch.Entries[i].Sequence.Tables[layer].TablesOf(pool));

        view = scratch.ViewOf(pages, batch.Entries.Length, runs);
        return runs > 0;
    }

    /// <summary>Likewise for a single sequence; null for one that keeps nothing there.</summary>
    public bool TryView(int layer, int pool, PageTable? table, out PageView view)
    {
        (PoolPages pages, StepTables scratch) = (layers[layer].Pools[pool], ScratchOf(layer, pool));
        int runs = scratch.Write(pages, 0, 0, table is null ? default : table.TablesOf(pool));
        view = scratch.ViewOf(pages, 1, runs);
        return runs > 0;
    }

    /// <summary>Drops what the step appended.</summary>
    public static void Rollback(Batch batch)
    {
        foreach (BatchEntry entry in batch.Entries)
            Rollback(entry.Sequence);
    }

    /// <summary>Drops what the step appended to one sequence.</summary>
    public static void Rollback(Sequence sequence)
    {
        foreach (PageTable table in sequence.Tables)
            table.Rollback();
    }

    /// <summary>Keeps what the step appended to one layer of a sequence, up to a length.</summary>
    public void Commit(int layer, Sequence sequence, int tokens) => sequence.Tables[layer].Commit(tokens, layer, policy);

    // Views used at the same time have separate scratch: the shards of a pool, or all pools.
    private StepTables ScratchOf(int layer, int pool) => tables[pool < tables.Length ? pool : pool % layers[layer].ShardCount];

    private static Heads Rows(in Heads heads, int from, int count) =>
        new() { Query = heads.Query.Rows(from, count), Key = heads.Key.Rows(from, count), Value = heads.Value.Rows(from, count) };

    // Every KV head of a row goes into its own page: treated as that many rows of one head.
    private static Heads ByHead(in Heads heads) => new() { Query = heads.Query, Key = ByHead(heads.Key), Value = ByHead(heads.Value) };

    private static TensorView ByHead(in TensorView rows) => new(rows.Domain, rows.Address, rows.Type, rows.Shape[0] * rows.Shape[1], 1, rows.Shape[2]);
}
