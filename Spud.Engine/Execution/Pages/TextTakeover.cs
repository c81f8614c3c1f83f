namespace Spud.Execution;

/// <summary>
/// Transfers a text with its keys and values to another pipeline, where the caller knows them to be valid: kept in place in pools that both
/// pipelines hold, or copied into pages of the same format.
/// </summary>
internal static class TextTakeover
{
    /// <summary>Why a text cannot be taken over, to follow "because"; null if it can.</summary>
    /// <param name="source">A text of a pipeline of the same model.</param>
    /// <param name="target">An empty sequence.</param>
    public static string? Refusal(Sequence source, Sequence target)
    {
        for (int layer = 0; layer < target.Tables.Length; layer++)
        {
            (PageTable from, PageTable to) = (source.Tables[layer], target.Tables[layer]);
            if (!to.Layer.KeepsAsMuchAs(from.Layer))
                return "the caches keep different keys";
            if (!to.Layer.DistributesAs(from.Layer, source.Tokens))
                return "keys are distributed differently";
            if (!SharesPools(from, to) && CopyRefusal(from, to) is { } refusal)
                return refusal;
        }

        return null;
    }

    /// <summary>Takes a text over.</summary>
    /// <param name="source">The text; stays unchanged.</param>
    /// <param name="target">An empty sequence, for which <see cref="Refusal"/> is null.</param>
    /// <returns>Bytes of keys and values copied; 0 if the texts share all their pages.</returns>
    public static long Do(Sequence source, Sequence target)
    {
        long copied = 0;
        for (int layer = 0; layer < target.Tables.Length; layer++)
        {
            (PageTable from, PageTable to) = (source.Tables[layer], target.Tables[layer]);
            if (SharesPools(from, to))
            {
                from.ForkInto(to);
                continue;
            }

            to.CopyFrom(from);
            copied += to.KeptBytes;
        }

        target.Append(source.Ids);
        return copied;
    }

    private static bool SharesPools(PageTable from, PageTable to) => from.Layer.Pools.SequenceEqual(to.Layer.Pools);

    // Heads of a pool take pages from it in turn, so each is checked against an equal part of the free pages.
    private static string? CopyRefusal(PageTable from, PageTable to)
    {
        for (int i = 0; i < to.Tables.Length; i++)
        {
            (RunTable source, PoolPages pages) = (from.Tables[i], to.Tables[i].Pages);
            if (pages.Domain != source.Pages.Domain)
                return $"they are in {source.Pages.Domain.Name} memory, and this pipeline keeps them in {pages.Domain.Name} memory";
            if (pages.Layout.PerHead != source.Pages.Layout.PerHead || pages.Pool.Keys.Type != source.Pages.Pool.Keys.Type || pages.Pool.Values.Type != source.Pages.Pool.Values.Type)
                return "pages have another layout";
            if (source.Keys > (long)pages.FreePages / pages.Tables * pages.PageTokens)
                return "there are too few free pages for a copy";
        }

        return null;
    }
}
