namespace Spud.Execution;

/// <summary>Describes a pool of a layer before its memory is allocated.</summary>
internal readonly record struct PoolShape
{
    /// <param name="domain">The domain of the pool.</param>
    /// <param name="layout">The layout of the pool.</param>
    /// <param name="pages">Number of pages.</param>
    /// <param name="pagesPerSequence">Pages of the longest sequence.</param>
    /// <param name="slackPages">See <see cref="PoolPages.SlackPages"/>.</param>
    public PoolShape(IMemoryDomain domain, PoolLayout layout, int pages, int pagesPerSequence, int? slackPages)
    {
        (Domain, Pages, PagesPerSequence, SlackPages) = (domain, pages, pagesPerSequence, slackPages);
        Stored = (layout.PageTokens, layout.Keys, layout.Values, layout.PerHead, layout.KeysAtMost);
    }

    public IMemoryDomain Domain { get; }

    public int Pages { get; }

    public int PagesPerSequence { get; }

    public int? SlackPages { get; }

    /// <summary>The properties of the layout, compared by value.</summary>
    public (int PageTokens, ElementType Keys, ElementType Values, bool PerHead, int KeysAtMost) Stored { get; }

    /// <summary>Bytes of its keys, values and positions.</summary>
    /// <param name="kv">KV geometry of a token.</param>
    public long BytesOf(KvGeometry kv)
    {
        long keys = (long)Pages * Stored.PageTokens, rows = keys * (Stored.PerHead ? 1 : kv.Heads);
        return Stored.Keys.BytesOf(rows * kv.KeyWidth) + Stored.Values.BytesOf(rows * kv.ValueWidth) + ElementType.I32.BytesOf(keys);
    }
}
