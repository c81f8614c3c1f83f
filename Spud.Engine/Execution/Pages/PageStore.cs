namespace Spud.Execution;

/// <summary>
/// All pages of a pipeline: every layer's pool and, by sequence and layer, the table of kept runs. A step's rows are pending until they
/// are committed; reserve, append, commit, rollback, fork and truncate are written here once, for every cache policy.
/// </summary>
/// <param name="layers">[L].</param>
/// <param name="policy">The cache.</param>
/// <param name="slots">I32 [Rows]: scratch for the slots of one layer's step.</param>
/// <param name="runs">I32 [R, 5]: scratch for the runs of one layer's step.</param>
/// <param name="runOffsets">I32 [Sequences + 1]: likewise.</param>
internal sealed class PageStore(LayerPages[] layers, ICachePolicy policy, TensorView slots, TensorView runs, TensorView runOffsets)
{
    /// <summary>[L].</summary>
    public IReadOnlyList<LayerPages> Layers => layers;

    /// <summary>Bytes of the scratch beside the pools.</summary>
    public long TableBytes => slots.Bytes + runs.Bytes + runOffsets.Bytes;

    /// <summary>Tables of a new sequence, one a layer.</summary>
    public PageTable[] NewTables() => [.. layers.Select(layer => new PageTable(layer))];

    /// <summary>Bytes that one token takes over all layers.</summary>
    public long BytesPerToken => layers.Sum(layer => layer.BytesPerToken);

    /// <summary>Refuses a step that the pools cannot hold, before any work.</summary>
    /// <exception cref="PagePoolFullException">A pool has too few pages.</exception>
    public void Reserve(Batch batch)
    {
        for (int layer = 0; layer < layers.Length; layer++)
        {
            int wanted = PagesWanted(layer, batch.Entries);
            if (wanted > layers[layer].FreePages)
            {
                throw new PagePoolFullException(
                    $"layer {layer}: the step needs {wanted} pages of {layers[layer].PageTokens} tokens, {layers[layer].FreePages} are free. "
                    + "End a sequence, or give the pipeline more cache tokens.");
            }
        }
    }

    /// <summary>Writes the step's keys and values into one layer's pages; pending until committed.</summary>
    public void Append(int layer, Batch batch, in Heads heads)
    {
        Span<int> all = slots.AsSpan<int>();
        foreach (BatchEntry entry in batch.Entries)
            entry.Sequence.Tables[layer].Append(entry.FirstPosition, all.Slice(entry.FirstRow, entry.Rows));

        layers[layer].Pool.Keys.Domain.Append(heads, slots.Rows(0, batch.Rows), layers[layer].Pool);
    }

    /// <summary>What the step's sequences keep in one layer; valid until the next call.</summary>
    public PageView View(int layer, Batch batch)
    {
        Span<KeyRun> table = runs.AsSpan<KeyRun>();
        Span<int> offsets = runOffsets.AsSpan<int>();
        int count = 0;
        for (int i = 0; i < batch.Entries.Length; i++)
        {
            offsets[i] = count;
            ReadOnlySpan<KeyRun> kept = batch.Entries[i].Sequence.Tables[layer].Runs;
            kept.CopyTo(table[count..]);
            count += kept.Length;
        }

        offsets[batch.Entries.Length] = count;
        return new PageView { Pool = layers[layer].Pool, Runs = runs.Rows(0, Math.Max(count, 1)), RunOffsets = runOffsets.Rows(0, batch.Entries.Length + 1) };
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

    /// <summary>Keeps what the step appended to one layer of a sequence.</summary>
    public void Commit(int layer, Sequence sequence, int tokens) => sequence.Tables[layer].Commit(tokens, layer, policy);

    private int PagesWanted(int layer, ReadOnlySpan<BatchEntry> entries)
    {
        int wanted = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            PageTable table = entries[i].Sequence.Tables[layer];
            wanted += table.PagesWanted(entries[i].Rows) + (Copies(layer, entries[..(i + 1)], table.SharedTail) ? 1 : 0);
        }

        return wanted;
    }

    // Who writes into a shared page copies it, but for the last of its sharers, to whom it is left.
    private bool Copies(int layer, ReadOnlySpan<BatchEntry> upToHere, int page)
    {
        if (page < 0)
            return false;

        int writers = 0;
        foreach (BatchEntry entry in upToHere)
            writers += entry.Sequence.Tables[layer].SharedTail == page ? 1 : 0;

        return writers < layers[layer].References(page);
    }
}
