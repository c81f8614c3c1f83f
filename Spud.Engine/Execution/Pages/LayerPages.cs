namespace Spud.Execution;

/// <summary>The page pool of one layer: free list, reference counts, positions. It never grows.</summary>
internal sealed class LayerPages
{
    private readonly IMemoryDomain _domain;
    private readonly int[] _references;
    private readonly int[] _free;
    private int _freeCount;

    /// <param name="domain">Domain of the attention that reads the layer.</param>
    /// <param name="layout">How it is stored.</param>
    /// <param name="pool">Keys, values and positions.</param>
    /// <param name="pagesPerSequence">Pages of the longest sequence.</param>
    public LayerPages(IMemoryDomain domain, CacheLayout layout, PagePool pool, int pagesPerSequence)
    {
        (_domain, Pool, PageTokens, TokensAtMost, PagesPerSequence) = (domain, pool, layout.PageTokens, layout.TokensAtMost, pagesPerSequence);
        int pages = pool.Keys.Shape[0];
        (_references, _free, _freeCount) = (new int[pages], new int[pages], pages);
        for (int i = 0; i < pages; i++)
            _free[i] = pages - 1 - i;
    }

    public PagePool Pool { get; }

    /// <summary>P.</summary>
    public int PageTokens { get; }

    /// <summary>Most tokens of a sequence that the policy promised to keep between two steps.</summary>
    public int TokensAtMost { get; }

    public int PagesPerSequence { get; }

    public int FreePages => _freeCount;

    /// <summary>Bytes of the pool.</summary>
    public long Bytes => Pool.Keys.Bytes + Pool.Values.Bytes + Pool.Positions.Bytes;

    /// <summary>Those of the host's memory: positions always, keys and values where attention works there.</summary>
    public long HostBytes => _domain.IsHost ? Bytes : Pool.Positions.Bytes;

    /// <summary>Bytes that one token takes, keys and values.</summary>
    public long BytesPerToken => (Pool.Keys.Bytes + Pool.Values.Bytes) / ((long)_references.Length * PageTokens);

    public int Take()
    {
        // Reserve counted the pages of the whole step before any work.
        if (_freeCount == 0)
            throw new InvalidOperationException("page pool: a page was taken that had not been reserved");

        int page = _free[--_freeCount];
        _references[page] = 1;
        return page;
    }

    public void Share(int page) => _references[page]++;

    public bool IsShared(int page) => _references[page] > 1;

    /// <summary>Tables that hold the page.</summary>
    public int References(int page) => _references[page];

    public void Give(int page)
    {
        if (--_references[page] == 0)
            _free[_freeCount++] = page;
    }

    /// <summary>A page of one's own with the same keys, values and positions; the share in the old one is given back.</summary>
    public int CopyOf(int page)
    {
        int copy = Take();
        _domain.Copy(Pool.Keys.At(page), Pool.Keys.At(copy));
        _domain.Copy(Pool.Values.At(page), Pool.Values.At(copy));
        Pool.Positions.At(page).AsSpan<int>().CopyTo(Pool.Positions.At(copy).AsSpan<int>());
        Give(page);
        return copy;
    }

    public void SetPosition(int page, int key, int position) => Pool.Positions.AsSpan<int>()[page * PageTokens + key] = position;

    /// <summary>Positions of a run's keys, ascending.</summary>
    public ReadOnlySpan<int> PositionsOf(in KeyRun run) => Pool.Positions.AsSpan<int>().Slice(run.Page * PageTokens + run.FirstKey, run.Keys);
}
