using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>One page pool of a layer: free list, reference counts, positions. It has a fixed size.</summary>
internal sealed class PoolPages
{
    private readonly int[] _references;
    private readonly int[] _kept;
    private readonly int[] _free;
    private int _freeCount;

    /// <param name="layout">The layout of the pool.</param>
    /// <param name="pool">Keys, values and positions.</param>
    /// <param name="heads">KV heads of the layer.</param>
    /// <param name="pagesPerSequence">Pages of the longest sequence, all heads together.</param>
    /// <param name="slackPages">Pages that a table may hold beyond what its keys need before they are compacted; null if they never are.</param>
    /// <param name="memory">The account it was allocated from.</param>
    /// <param name="scratch">F32 [n] in the pool's domain: at least a page of one head, if keys of another format are moved in; else null.</param>
    public PoolPages(PoolLayout layout, PagePool pool, int heads, int pagesPerSequence, int? slackPages, MemoryAccount memory, PageScratch? scratch)
    {
        (Pool, Layout, PagesPerSequence, SlackPages, Scratch) = (pool, layout, pagesPerSequence, slackPages, scratch);
        Memory = scratch is { Memory: { } shared } ? [memory, shared] : [memory];
        Tables = layout.PerHead ? heads : 1;
        HeadsPerKey = heads / Tables;
        int pages = pool.Keys.Shape[0];
        (_references, _kept, _free, _freeCount) = (new int[pages], new int[pages], new int[pages], pages);
        for (int i = 0; i < pages; i++)
            _free[i] = pages - 1 - i;
    }

    /// <summary>Whether positions without keys do not begin a new run: rows may have left before the layer.</summary>
    public bool HasHoles { get; set; }

    public PagePool Pool { get; }

    /// <summary>The accounts of its memory: its own, and that of the scratch if present.</summary>
    public ImmutableArray<MemoryAccount> Memory { get; }

    /// <summary>Scratch for keys of another format; null if none are moved in.</summary>
    public PageScratch? Scratch { get; }

    public PoolLayout Layout { get; }

    public IMemoryDomain Domain => Pool.Keys.Domain;

    /// <summary>P.</summary>
    public int PageTokens => Layout.PageTokens;

    /// <summary>Run lists per sequence: one per KV head, or one that the heads share.</summary>
    public int Tables { get; }

    /// <summary>KV heads whose keys are stored together as one entry of a page.</summary>
    public int HeadsPerKey { get; }

    public int PagesPerSequence { get; }

    public int? SlackPages { get; }

    /// <summary>N.</summary>
    public int PageCount => _references.Length;

    public int FreePages => _freeCount;

    /// <summary>Pages that only kept texts hold: they become free when those are dropped.</summary>
    public int KeptPages { get; private set; }

    /// <summary>Pages that texts can get.</summary>
    public int AvailablePages => _freeCount + KeptPages;

    /// <summary>Peak number of pages in use since <see cref="ForgetPeak"/>.</summary>
    public int PeakPages { get; private set; }

    /// <summary>Bytes per page, key and value.</summary>
    public long BytesPerPage => BytesPerKey * PageTokens;

    /// <summary>Whether there are too few pages for all sequences at their maximum length.</summary>
    public bool IsShort { get; init; }

    /// <summary>Whether the domain, the format and the number of pages equal those that another pool of the same layer would have.</summary>
    public bool IsAs(PoolShape shape) => shape == new PoolShape(Domain, Layout, Pool.Keys.Shape[0], PagesPerSequence, SlackPages);

    /// <summary>Bytes of the pool.</summary>
    public long Bytes => Pool.Keys.Bytes + Pool.Values.Bytes + Pool.Positions.Bytes;

    /// <summary>Bytes in host memory: positions always, keys and values if attention runs there.</summary>
    public long HostBytes => Domain.IsHost ? Bytes : Pool.Positions.Bytes;

    /// <summary>Bytes per entry of a page, key and value.</summary>
    public long BytesPerKey => (Pool.Keys.Bytes + Pool.Values.Bytes) / ((long)_references.Length * PageTokens);

    public int Take()
    {
        // The pages of the whole step were counted before any work (PageDemand).
        if (_freeCount == 0)
            throw new InvalidOperationException("page pool: a page was taken that had not been reserved");

        int page = _free[--_freeCount];
        _references[page] = 1;
        PeakPages = Math.Max(PeakPages, _references.Length - _freeCount);
        return page;
    }

    /// <summary>Resets the peak to the pages now in use.</summary>
    public void ForgetPeak() => PeakPages = _references.Length - _freeCount;

    public void Share(int page) => Change(page, references: 1);

    /// <summary>Records that one of the tables that hold a page belongs to a kept text.</summary>
    public void Keep(int page) => Change(page, kept: 1);

    /// <summary>The opposite of <see cref="Keep"/>; the table still holds the page.</summary>
    public void Unkeep(int page) => Change(page, kept: -1);

    /// <summary>Whether only kept texts hold a page.</summary>
    public bool IsKeptAlone(int page) => _kept[page] > 0 && _kept[page] == _references[page];

    public bool IsShared(int page) => _references[page] > 1;

    /// <summary>Number of tables that hold the page.</summary>
    public int References(int page) => _references[page];

    public void Give(int page)
    {
        Change(page, references: -1);
        if (_references[page] == 0)
            _free[_freeCount++] = page;
    }

    private void Change(int page, int references = 0, int kept = 0)
    {
        KeptPages -= IsKeptAlone(page) ? 1 : 0;
        _references[page] += references;
        _kept[page] += kept;
        KeptPages += IsKeptAlone(page) ? 1 : 0;
    }

    /// <summary>Copies a page with its keys, values and positions for exclusive use; gives up the reference to the old one.</summary>
    public int CopyOf(int page)
    {
        int copy = Take();
        Domain.Copy(Pool.Keys.At(page), Pool.Keys.At(copy));
        Domain.Copy(Pool.Values.At(page), Pool.Values.At(copy));
        Pool.Positions.At(page).AsSpan<int>().CopyTo(Pool.Positions.At(copy).AsSpan<int>());
        Give(page);
        return copy;
    }

    /// <summary>Copies keys and values from another pool, converting to this pool's format; their positions are set already.</summary>
    /// <param name="source">An earlier pool of the layer.</param>
    /// <param name="run">Keys of one page of the source.</param>
    /// <param name="sourceHead">KV head of the source, if this pool is per head.</param>
    /// <param name="page">A page of this pool.</param>
    /// <param name="firstKey">First key in the page.</param>
    public void CopyFrom(PoolPages source, in KeyRun run, int sourceHead, int page, int firstKey)
    {
        for (int head = 0; head < HeadsPerKey; head++)
        {
            int from = source.Layout.PerHead ? 0 : Layout.PerHead ? sourceHead : head;
            Copy(source.Pool.Keys.At(run.Page).At(from).Rows(run.FirstKey, run.Keys), Pool.Keys.At(page).At(head).Rows(firstKey, run.Keys));
            Copy(source.Pool.Values.At(run.Page).At(from).Rows(run.FirstKey, run.Keys), Pool.Values.At(page).At(head).Rows(firstKey, run.Keys));
        }
    }

    /// <summary>Moves keys, values and positions to another, non-overlapping place in the pool.</summary>
    public void Move(in KeyRun run, int page, int firstKey)
    {
        CopyFrom(this, run, 0, page, firstKey);
        PositionsOf(run).CopyTo(Pool.Positions.At(page).Rows(firstKey, run.Keys).AsSpan<int>());
    }

    public void SetPosition(int page, int key, int position) => Pool.Positions.AsSpan<int>()[page * PageTokens + key] = position;

    /// <summary>Positions of a run's keys, ascending.</summary>
    public ReadOnlySpan<int> PositionsOf(in KeyRun run) => Pool.Positions.AsSpan<int>().Slice(run.Page * PageTokens + run.FirstKey, run.Keys);

    // Domains convert to and from F32.
    private void Copy(in TensorView from, in TensorView to)
    {
        if (from.Type == to.Type || from.Type == ElementType.F32 || to.Type == ElementType.F32)
        {
            Domain.Copy(from, to);
            return;
        }

        TensorView floats = new(Domain, Scratch!.View.Address, ElementType.F32, from.Shape);
        Domain.Copy(from, floats);
        Domain.Copy(floats, to);
    }
}
