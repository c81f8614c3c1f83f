namespace Spud.Execution;

/// <summary>
/// All pages of a pipeline: every layer's pools and, by sequence and layer, the tables of kept runs. A step's rows are pending until they
/// are committed; reserve, append, commit, rollback, fork and truncate are written here once, for every cache policy.
/// </summary>
/// <param name="layers">[L].</param>
/// <param name="policy">The cache.</param>
/// <param name="tables">Scratch for one layer's step: one for each view that is read at the same time.</param>
/// <param name="conversionBytes">Bytes of host memory for keys that move from one format into another.</param>
internal sealed class PageStore(LayerPages[] layers, ICachePolicy policy, StepTables[] tables, long conversionBytes)
{
    /// <summary>[L].</summary>
    public IReadOnlyList<LayerPages> Layers => layers;

    /// <summary>Where texts are reviewed.</summary>
    public required ReviewBorders Borders { get; init; }

    /// <summary>Bytes of the scratch in addition to the pools.</summary>
    public long TableBytes => tables.Sum(static table => table.Bytes) + conversionBytes;

    /// <summary>Tables of a new sequence, one a layer.</summary>
    public PageTable[] NewTables(ReadOnlyMemory<int> ids, int sequence) => [.. layers.Select(layer => new PageTable(layer, ids, sequence))];

    /// <summary>Bytes that one token takes over all layers.</summary>
    public long BytesPerToken => layers.Sum(layer => layer.BytesPerToken);

    /// <summary>Refuses a step that the pools cannot hold, before any work.</summary>
    /// <exception cref="PagePoolFullException">A pool has too few pages.</exception>
    public void Reserve(Batch batch)
    {
        for (int layer = 0; layer < layers.Length; layer++)
        {
            for (int pool = 0; pool < layers[layer].Pools.Length; pool++)
            {
                int wanted = PagesWanted(layer, pool, batch.Entries);
                PoolPages pages = layers[layer].Pools[pool];
                if (wanted > pages.FreePages)
                {
                    throw new PagePoolFullException(
                        $"layer {layer}{(pool == 0 ? "" : $", pool {pool}")}: the step needs {wanted} more {(wanted == 1 ? "page" : "pages")} of {pages.PageTokens} tokens; {pages.FreePages} are free. "
                        + "End a sequence, give the pipeline more cache tokens, or keep less of each text: cache 'compressed' with budgetTokens, streaming or smaller formats (docs/caches.md).", FirstTooMany(layer, pool, batch.Entries));
                }
            }
        }
    }

    /// <summary>Whether sequences that read so many more tokens each find pages for them, if nothing is shared or let go meanwhile.</summary>
    public bool HasRoomFor(ReadOnlySpan<int> tokens)
    {
        foreach (LayerPages layer in layers)
        {
            // Of shards, any may take all; later pools get what moves out of the first.
            foreach (PoolPages pool in layer.Pools)
            {
                long wanted = 0;
                foreach (int rows in tokens)
                    wanted += Math.Min((rows + pool.PageTokens - 1L) / pool.PageTokens * pool.Tables, pool.PagesPerSequence);

                if (wanted > pool.FreePages && (pool.IsShort || layer.Pools.IndexOf(pool) < layer.ShardCount))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Makes room for the step's rows in one layer's pages and tells where each goes; pending until committed.</summary>
    public void Place(int layer, Batch batch)
    {
        int perRow = layers[layer].First.Tables;
        Span<int> all = tables[0].Slots.AsSpan<int>();
        foreach (BatchEntry entry in batch.Entries)
            entry.Sequence.Tables[layer].Append(entry.FirstPosition, all.Slice(entry.FirstRow * perRow, entry.Rows * perRow));
    }

    /// <summary>Writes the step's keys and values where <see cref="Place"/> put them: all rows, or those of one shard.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="pool">0, or the shard.</param>
    /// <param name="batch">The step.</param>
    /// <param name="heads">In the domain of the pool.</param>
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

    /// <summary>What the step's sequences keep in one pool of a layer, or in one shard of it; valid until the pool, or another that shares its scratch, is viewed again. False: nothing.</summary>
    public bool TryView(int layer, int pool, Batch batch, out PageView view)
    {
        (PoolPages pages, StepTables scratch) = (layers[layer].Pools[pool], ScratchOf(layer, pool));
        int runs = 0;
        for (int i = 0; i < batch.Entries.Length; i++)
            runs = Write(scratch, pages, i, runs, batch.Entries[i].Sequence.Tables[layer].TablesOf(pool));

        view = ViewOf(scratch, pages, batch.Entries.Length, runs);
        return runs > 0;
    }

    /// <summary>Likewise for one sequence alone; null: one that keeps nothing there.</summary>
    public bool TryView(int layer, int pool, PageTable? table, out PageView view)
    {
        (PoolPages pages, StepTables scratch) = (layers[layer].Pools[pool], ScratchOf(layer, pool));
        int runs = Write(scratch, pages, 0, 0, table is null ? default : table.TablesOf(pool));
        view = ViewOf(scratch, pages, 1, runs);
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

    // What is viewed at the same time has scratch of its own: the shards of a pool, or all pools.
    private StepTables ScratchOf(int layer, int pool) => tables[pool < tables.Length ? pool : pool % layers[layer].ShardCount];

    /// <summary>Writes the runs of a sequence behind those of the sequences before it; how many runs there are then.</summary>
    private static int Write(StepTables scratch, PoolPages pages, int sequence, int runs, ReadOnlySpan<RunTable> ofHeads)
    {
        scratch.RunOffsets.AsSpan<int>()[sequence] = runs;
        for (int head = 0; head < pages.Tables; head++)
        {
            if (pages.Layout.PerHead)
                scratch.HeadRunOffsets.AsSpan<int>()[sequence * pages.Tables + head] = runs;
            if (ofHeads.IsEmpty)
                continue;

            ReadOnlySpan<KeyRun> kept = ofHeads[head].Runs;
            kept.CopyTo(scratch.Runs.AsSpan<KeyRun>()[runs..]);
            runs += kept.Length;
        }

        return runs;
    }

    private static PageView ViewOf(StepTables scratch, PoolPages pages, int sequences, int runs)
    {
        scratch.RunOffsets.AsSpan<int>()[sequences] = runs;
        if (pages.Layout.PerHead)
            scratch.HeadRunOffsets.AsSpan<int>()[sequences * pages.Tables] = runs;

        return new()
        {
            Pool = pages.Pool,
            Runs = scratch.Runs.Rows(0, Math.Max(runs, 1)),
            RunOffsets = scratch.RunOffsets.Rows(0, sequences + 1),
            HeadRunOffsets = pages.Layout.PerHead ? scratch.HeadRunOffsets.Rows(0, sequences * pages.Tables + 1) : default,
        };
    }

    private Sequence FirstTooMany(int layer, int pool, ReadOnlySpan<BatchEntry> entries)
    {
        int fit = entries.Length - 1;
        while (fit > 0 && PagesWanted(layer, pool, entries[..fit]) > layers[layer].Pools[pool].FreePages)
            fit--;

        return entries[fit].Sequence;
    }

    private static Heads Rows(in Heads heads, int from, int count) =>
        new() { Query = heads.Query.Rows(from, count), Key = heads.Key.Rows(from, count), Value = heads.Value.Rows(from, count) };

    // Every KV head of a row goes into a page of its own: as many rows of one head.
    private static Heads ByHead(in Heads heads) => new() { Query = heads.Query, Key = ByHead(heads.Key), Value = ByHead(heads.Value) };

    private static TensorView ByHead(in TensorView rows) => new(rows.Domain, rows.Address, rows.Type, rows.Shape[0] * rows.Shape[1], 1, rows.Shape[2]);

    private int PagesWanted(int layer, int pool, ReadOnlySpan<BatchEntry> entries)
    {
        int wanted = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            PageTable table = entries[i].Sequence.Tables[layer];
            bool takesRows = pool < layers[layer].ShardCount;
            int rows = !takesRows ? 0 : layers[layer].Shards is { } shards ? RowsOf(shards, pool, entries[i]) : entries[i].Rows;
            int toMove = takesRows ? 0 : table.Reviews.PagesToMoveInto(pool, entries[i].Rows);
            if (rows == 0 && toMove == 0)
                continue;

            wanted += toMove;
            ReadOnlySpan<RunTable> ofHeads = table.TablesOf(pool);
            for (int head = 0; head < ofHeads.Length; head++)
            {
                wanted += rows > 0 ? ofHeads[head].PagesWanted(rows) : 0;
                wanted += Copies(layer, pool, head, entries[..(i + 1)], ofHeads[head].SharedTail) ? 1 : 0;
            }
        }

        return wanted;
    }

    private static int RowsOf(FoldShards shards, int shard, in BatchEntry entry)
    {
        int rows = 0;
        for (int position = entry.FirstPosition; position < entry.FirstPosition + entry.Rows; position++)
            rows += shards.ShardOf(position) == shard ? 1 : 0;

        return rows;
    }

    // A sequence that writes into a shared page copies it, but for the last of its sharers, to whom it is left.
    private bool Copies(int layer, int pool, int head, ReadOnlySpan<BatchEntry> upToHere, int page)
    {
        if (page < 0)
            return false;

        int writers = 0;
        foreach (BatchEntry entry in upToHere)
            writers += entry.Sequence.Tables[layer].TablesOf(pool)[head].SharedTail == page ? 1 : 0;

        return writers < layers[layer].Pools[pool].References(page);
    }
}
