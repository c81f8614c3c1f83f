namespace Spud.Execution;

/// <summary>What a pool of a layer is, before it has memory.</summary>
internal readonly record struct PoolShape
{
    /// <param name="domain">Where it lies.</param>
    /// <param name="layout">How it is stored.</param>
    /// <param name="pages">Pages.</param>
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

    /// <summary>What the layout says; two that say the same are equal.</summary>
    public (int PageTokens, ElementType Keys, ElementType Values, bool PerHead, int KeysAtMost) Stored { get; }
}
