namespace Spud.Execution;

/// <summary>Counts the pages needed by steps before anything is computed.</summary>
/// <param name="layers">[L]: the pools of each layer.</param>
internal sealed class PageDemand(LayerPages[] layers)
{
    /// <summary>Why a step does not fit the pools; null if it does.</summary>
    public PagePoolFullException? RefusalOf(Batch batch)
    {
        for (int layer = 0; layer < layers.Length; layer++)
        {
            for (int pool = 0; pool < layers[layer].Pools.Length; pool++)
            {
                int wanted = PagesWanted(layer, pool, batch.Entries);
                PoolPages pages = layers[layer].Pools[pool];
                if (wanted > pages.FreePages)
                {
                    return new PagePoolFullException(
                        $"layer {layer}{(pool == 0 ? "" : $", pool {pool}")}: the step needs {wanted} more {(wanted == 1 ? "page" : "pages")} of {pages.PageTokens} tokens; {pages.FreePages} are free. "
                        + "End a sequence, give the pipeline more cache tokens, or keep less of each text: cache 'compressed' with keep, budgetTokens or smaller formats (docs/caches.md).", FirstTooMany(layer, pool, batch.Entries));
                }
            }
        }

        return null;
    }

    /// <summary>Whether there are pages for sequences that each read this many more tokens, if nothing is shared or freed meanwhile; those of kept texts count as free.</summary>
    public bool HasRoomFor(ReadOnlySpan<int> tokens)
    {
        foreach (LayerPages layer in layers)
        {
            // Any shard may take all. Keys moved out of the first pool find room in later ones, unless those are too small for all sequences.
            for (int i = 0; i < layer.Pools.Length; i++)
            {
                PoolPages pool = layer.Pools[i];
                if (i >= layer.ShardCount && !pool.IsShort)
                    continue;

                long wanted = 0;
                foreach (int rows in tokens)
                    wanted += Math.Min((rows + pool.PageTokens - 1L) / pool.PageTokens * pool.Tables, pool.PagesPerSequence);

                if (wanted > pool.AvailablePages)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether every pool has free pages for one text of this length, without giving up kept texts.</summary>
    public bool HasFreePagesFor(int tokens)
    {
        foreach (LayerPages layer in layers)
        {
            foreach (PoolPages pool in layer.Pools)
            {
                if (Math.Min((tokens + pool.PageTokens - 1L) / pool.PageTokens * pool.Tables, pool.PagesPerSequence) > pool.FreePages)
                    return false;
            }
        }

        return true;
    }

    private Sequence FirstTooMany(int layer, int pool, ReadOnlySpan<BatchEntry> entries)
    {
        int fit = entries.Length - 1;
        while (fit > 0 && PagesWanted(layer, pool, entries[..fit]) > layers[layer].Pools[pool].FreePages)
            fit--;

        return entries[fit].Sequence;
    }

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

    // A sequence that writes into a shared page copies it, except for the last sharer, which keeps the page.
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
