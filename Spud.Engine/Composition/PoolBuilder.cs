using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Sizes and allocates the page pools of layers.</summary>
/// <param name="memory">Counts the memory.</param>
/// <param name="host">The host's memory.</param>
/// <param name="model">The model.</param>
/// <param name="limits">The largest step, and the context.</param>
/// <param name="cacheTokens">Total tokens in the first pools of all sequences; null if every sequence may reach its maximum length.</param>
internal sealed class PoolBuilder(MemoryAccount memory, IMemoryDomain host, ModelDescription model, Limits limits, int? cacheTokens)
{
    private readonly List<PageScratch> _scratch = [];

    /// <summary>Number of sequences that can fill the context at the same time; null for all.</summary>
    public int? FullSequences { get; init; }

    /// <summary>Pages of a pipeline of the same model that this one replaces: pools that would be allocated identically are shared; null if none.</summary>
    public PageStore? Former { get; init; }

    /// <summary>Bytes of host memory for keys that move from one format to another.</summary>
    public long HostScratchBytes => _scratch.Sum(static scratch => scratch.Memory.HostBytes);

    /// <summary>Rows of a sequence in the largest step: no step crosses a review border.</summary>
    public int StepRows(int? borderTokens) => Math.Min(limits.Rows, borderTokens ?? int.MaxValue);

    /// <summary>The pools of one layer, and their shards.</summary>
    /// <param name="cache">Name of the cache, for the message.</param>
    /// <param name="offer">What the cache offers.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="layout">How the cache stores it; checked.</param>
    /// <param name="domain">The domain of its attention.</param>
    /// <param name="shards">How keys are distributed; null if they are not.</param>
    /// <exception cref="CompositionException">Keys cannot move from one pool to another.</exception>
    public LayerPages Pages(string cache, Offer offer, int layer, CacheLayout layout, IMemoryDomain domain, FoldShards? shards = null)
    {
        ImmutableArray<PoolLayout> layouts = LayoutCheck.PoolsOf(layout);
        PoolShape[] shapes = ShapesOf(offer, layer, layout, domain, shards);
        ImmutableArray<PoolPages> pools = Shared(layer, shapes) ?? Allocated(cache, layer, layouts, shapes);
        return new LayerPages(pools, layout.TokensAtMost, ReviewBorders.Of(layout, offer)) { Shards = shards };
    }

    /// <summary>Bytes that the pools of a layer take, in one domain; none are allocated.</summary>
    /// <param name="offer">What the cache offers.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="layout">How the cache stores it.</param>
    public long BytesOf(Offer offer, int layer, CacheLayout layout) => ShapesOf(offer, layer, layout, host, shards: null).Sum(shape => shape.BytesOf(model.Layers[layer].Kv));

    private PoolShape[] ShapesOf(Offer offer, int layer, CacheLayout layout, IMemoryDomain domain, FoldShards? shards)
    {
        ImmutableArray<IMemoryDomain> domains = shards?.Domains ?? [domain];
        int[] positions = PositionsOf(shards);
        int stepRows = StepRows(ReviewBorders.Of(layout, offer));
        return [.. LayoutCheck.PoolsOf(layout).SelectMany((pool, i) => domains.Select((where, shard) =>
            ShapeOf(pool, model.Layers[layer].Kv, isFirst: i == 0, isDeclared: !layout.Pools.IsEmpty, where, positions[shard], stepRows)))];
    }

    /// <summary>The former pipeline's pools of a layer, with their content; null if any would differ.</summary>
    private ImmutableArray<PoolPages>? Shared(int layer, PoolShape[] shapes)
    {
        if (Former?.Layers[layer].Pools is not { } pools || pools.Length != shapes.Length || !pools.Zip(shapes).All(static pair => pair.First.IsAs(pair.Second)))
            return null;

        foreach (MemoryAccount part in pools.SelectMany(static pool => pool.Memory))
            memory.Hold(part);

        _scratch.AddRange(pools.Select(static pool => pool.Scratch).OfType<PageScratch>().Except(_scratch));
        return pools;
    }

    private ImmutableArray<PoolPages> Allocated(string cache, int layer, ImmutableArray<PoolLayout> layouts, PoolShape[] shapes)
    {
        int shards = shapes.Length / layouts.Length;
        ImmutableArray<PoolPages>.Builder pools = ImmutableArray.CreateBuilder<PoolPages>(shapes.Length);
        for (int i = 0; i < shapes.Length; i++)
        {
            PoolPages pool = Allocated(layouts[i / shards], model.Layers[layer].Kv, shapes[i], isFirst: i < shards);
            for (int earlier = i % shards; earlier < i; earlier += shards)
                RequireConverts(cache, layer, pools[earlier], pool);

            pools.Add(pool);
        }

        return pools.MoveToImmutable();
    }

    /// <summary>Number of text positions that may be in each shard, at least 1.</summary>
    private int[] PositionsOf(FoldShards? shards)
    {
        if (shards is null)
            return [limits.ContextTokens];

        int[] positions = new int[shards.Domains.Length];
        for (int position = 0; position < limits.ContextTokens; position++)
            positions[shards.ShardOf(position)]++;

        return [.. positions.Select(static count => Math.Max(1, count))];
    }

    /// <param name="layout">The pool.</param>
    /// <param name="kv">KV geometry of a token.</param>
    /// <param name="isFirst">Whether it takes the rows of steps.</param>
    /// <param name="isDeclared">Whether the layout names pools.</param>
    /// <param name="domain">Its memory domain.</param>
    /// <param name="positions">Number of text positions it may hold: all that a policy keeps may be among them.</param>
    /// <param name="stepRows">Rows of a sequence in the largest step.</param>
    private PoolShape ShapeOf(PoolLayout layout, KvGeometry kv, bool isFirst, bool isDeclared, IMemoryDomain domain, int positions, int stepRows)
    {
        int tables = layout.PerHead ? kv.Heads : 1;
        bool keepsAll = layout.KeysAtMost >= (long)positions * tables;
        long perSequence = isDeclared ? DensePages(layout, isFirst ? stepRows : 0, tables, keepsAll, positions) : PagesOfOnePool(layout, positions, stepRows);
        // Keys that move to later pools must always find room there, so only the first may be smaller than all full sequences.
        long most = isFirst && cacheTokens is { } tokens ? ((long)tokens + layout.PageTokens - 1) / layout.PageTokens * tables : long.MaxValue;
        int pages = checked((int)Math.Min(most, perSequence * Math.Min(FullSequences ?? int.MaxValue, limits.Sequences)));
        return new(domain, layout, pages, (int)perSequence, isDeclared ? keepsAll ? 0 : 1 : null);
    }

    private PoolPages Allocated(PoolLayout layout, KvGeometry kv, PoolShape shape, bool isFirst)
    {
        MemoryAccount own = memory.NewPart();
        int heads = layout.PerHead ? 1 : kv.Heads;
        try
        {
            PagePool pool = new()
            {
                Keys = own.Allocate(shape.Domain, layout.Keys, shape.Pages, heads, layout.PageTokens, kv.KeyWidth),
                Values = own.Allocate(shape.Domain, layout.Values, shape.Pages, heads, layout.PageTokens, kv.ValueWidth),
                Positions = own.Allocate(host, ElementType.I32, shape.Pages, layout.PageTokens),
            };
            return new PoolPages(layout, pool, kv.Heads, shape.PagesPerSequence, shape.SlackPages, own, isFirst ? null : Scratch(shape.Domain, layout.PageTokens))
            {
                IsShort = shape.Pages < (long)shape.PagesPerSequence * limits.Sequences,
            };
        }
        catch (InsufficientMemoryException fault)
        {
            throw new CompositionException(
                $"The pages of keys and values for {limits.ContextTokens:N0} tokens do not fit the memory: {fault.Message} "
                + PageAdvice.Of(model, limits.ContextTokens), fault);
        }
    }

    // Between steps a sequence keeps TokensAtMost; within one, its new rows too. If the first key is in the middle of the text, it need not be at
    // a page border: one page more.
    private static long PagesOfOnePool(PoolLayout layout, int positions, int stepRows)
    {
        long tokens = Math.Min((long)layout.KeysAtMost + stepRows, positions);
        return (tokens + layout.PageTokens - 1) / layout.PageTokens + (tokens < positions ? 1 : 0);
    }

    // Every table may end in the middle of a page and hold one page more than it needs before its keys are compacted.
    private static long DensePages(PoolLayout layout, int stepRows, int tables, bool keepsAll, int positions)
    {
        long whole = (positions + layout.PageTokens - 1L) / layout.PageTokens;
        long keys = layout.KeysAtMost + (long)stepRows * tables;
        return keepsAll ? whole * tables : Math.Min(keys / layout.PageTokens + 3 * tables, (whole + 1) * tables);
    }

    /// <summary>F32: a page of one head, for keys that move from one format to another.</summary>
    private PageScratch Scratch(IMemoryDomain domain, int pageTokens)
    {
        int elements = checked(pageTokens * model.Layers.Max(layer => Math.Max(layer.Kv.KeyWidth, layer.Kv.ValueWidth)));
        int known = _scratch.FindIndex(scratch => scratch.View.Domain == domain && scratch.View.Shape[0] >= elements);
        if (known >= 0)
            return _scratch[known];

        MemoryAccount own = memory.NewPart();
        _scratch.Add(new(own.Allocate(domain, ElementType.F32, elements), own));
        return _scratch[^1];
    }

    // Domains need only convert their compute formats: whether keys can move is checked before the first token.
    private static void RequireConverts(string cache, int layer, PoolPages source, PoolPages target)
    {
        try
        {
            target.CopyFrom(source, new() { Page = 0, FirstKey = 0, Keys = 1, FirstPosition = 0, LastPosition = 0 }, 0, 0, 0);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw LayoutCheck.Fault(cache, layer, $"keys cannot move from {source.Pool.Keys.Type}/{source.Pool.Values.Type} pages into {target.Pool.Keys.Type}/{target.Pool.Values.Type} pages in {target.Domain.Name} memory: {fault.Message}", fault);
        }
    }
}
