using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>Asks the cache how each layer is stored, checks that the attentions can read it, and allocates the pages.</summary>
internal sealed class PageBuilder(MemoryAccount memory, IMemoryDomain host, ModelDescription model, Limits limits, int? cacheTokens)
{
    private const int RunFields = 5;

    private readonly List<PageScratch> _scratch = [];

    /// <summary>Attentions that fold per-head pages, of the plugins that have been loaded: for the message.</summary>
    public IEnumerable<string> PerHeadAttentions { get; init; } = [];

    /// <summary>Sequences that may fill the context at the same time; null: all.</summary>
    public int? FullSequences { get; init; }

    /// <summary>Pages of a pipeline of the same model that is exchanged for this one: pools that would be allocated the same again are held on; null: none.</summary>
    public PageStore? Former { get; init; }

    /// <exception cref="CompositionException">The layout is impossible, or an attention cannot read it.</exception>
    public PageStore Build(BoundComponent<ICachePolicy> cache, LayerParts[][] parts, IEnumerable<int>? stateBorders = null) =>
        Build(cache, [.. Enumerable.Range(0, model.Layers.Length).Select(layer => LayoutOf(cache, layer))], parts, stateBorders ?? []);

    /// <exception cref="CompositionException">A layout is impossible, or an attention cannot read it.</exception>
    public PageStore Build(BoundComponent<ICachePolicy> cache, CacheLayout[] layouts, LayerParts[][] parts, IEnumerable<int> stateBorders)
    {
        LayerPages[] layers = new LayerPages[layouts.Length];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            if (layouts[layer].ReviewTokens < 1)
                throw Fault(cache.Name, layer, $"a review every {layouts[layer].ReviewTokens} tokens; expected at least 1");
            foreach (PoolLayout pool in PoolsOf(layouts[layer]))
            {
                Require(cache, layer, pool);
                foreach (LayerParts[] phase in parts)
                    RequireReadable(cache, phase[layer].Attention, layer, pool);
            }

            IMemoryDomain domain = DomainOf([.. parts.Select(phase => phase[layer].Attention)], layer);
            layers[layer] = Pages(cache.Name, cache.Offer, layer, layouts[layer], domain, ShardsOf([.. parts.Select(phase => phase[layer])], layer));
        }

        // An observer sees the pages of all pools at once.
        bool observes = cache.Component is IObservesQueries;
        int views = layers.Max(layer => observes ? layer.Pools.Length : layer.ShardCount);
        ReviewBorders borders = new(layers.Select(layer => layer.BorderTokens).OfType<int>().Concat(stateBorders));
        StepTables[] tables = [.. Enumerable.Range(0, views).Select(_ => TablesFor(layers))];
        return new PageStore(layers, cache.Component, tables, _scratch.Sum(static scratch => scratch.Memory.HostBytes)) { Borders = borders };
    }

    /// <summary>How a cache stores a layer.</summary>
    /// <exception cref="CompositionException">The cache threw.</exception>
    public static CacheLayout LayoutOf(BoundComponent<ICachePolicy> cache, int layer)
    {
        try
        {
            return cache.Component.Layout(layer)
                ?? throw new CompositionException($"cache '{cache.Name}', layer {layer}: Layout returned null, expected a layout. This is a fault of the plugin.");
        }
        catch (Exception fault) when (fault is not CompositionException)
        {
            throw new CompositionException($"cache '{cache.Name}', layer {layer}: Layout threw {PluginException.Describe(fault)}", fault);
        }
    }

    private StepTables TablesFor(LayerPages[] layers)
    {
        int tables = layers.Max(layer => layer.Pools.Max(pool => pool.Tables));
        TensorView slots = memory.Allocate(host, ElementType.I32, checked(limits.Rows * layers.Max(layer => layer.First.Tables)));
        TensorView runs = memory.Allocate(host, ElementType.I32, layers.Max(MaxRuns), RunFields);
        TensorView offsets = memory.Allocate(host, ElementType.I32, limits.Sequences + 1);
        TensorView headOffsets = tables > 1 ? memory.Allocate(host, ElementType.I32, limits.Sequences * tables + 1) : default;
        return new StepTables(slots, runs, offsets, headOffsets);
    }

    /// <summary>The pools of a layout; one that names none has the one that its properties describe.</summary>
    private static ImmutableArray<PoolLayout> PoolsOf(CacheLayout layout) => layout.Pools.IsEmpty
        ? [new() { PageTokens = layout.PageTokens, Keys = layout.Keys, Values = layout.Values, KeysAtMost = layout.TokensAtMost }]
        : layout.Pools;

    private void Require(BoundComponent<ICachePolicy> cache, int layer, PoolLayout pool)
    {
        KvGeometry kv = model.Layers[layer].Kv;
        if (pool.PageTokens < 1 || pool.KeysAtMost < 1)
            throw Fault(cache.Name, layer, $"pages of {pool.PageTokens} tokens and at most {pool.KeysAtMost} tokens; both must be at least 1");
        foreach ((string what, ElementType type, int width) in new[] { ("keys", pool.Keys, kv.KeyWidth), ("values", pool.Values, kv.ValueWidth) })
        {
            if (type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16 or ElementType.Q8_0 or ElementType.Q4_0))
                throw Fault(cache.Name, layer, $"{type} is not a page format; known: F32, F16, BF16, Q8_0, Q4_0");
            if (width % type.BlockElements != 0)
                throw Fault(cache.Name, layer, $"{type} needs {what} whose width is a multiple of {type.BlockElements}, this model's are {width} wide; choose F32, F16 or BF16");
        }
    }

    private static CompositionException Fault(string cache, int layer, string what, Exception? cause = null) =>
        new($"cache '{cache}', layer {layer}: {what}.", cause);

    private void RequireReadable(BoundComponent<ICachePolicy> cache, BoundComponent<IAttention> attention, int layer, PoolLayout pool)
    {
        foreach (ElementType type in new[] { pool.Keys, pool.Values })
        {
            if (!attention.Offer.PageTypes.Contains(type))
            {
                throw new CompositionException(
                    $"layer {layer}: attention '{attention.Name}' cannot read the {type} pages of cache '{cache.Name}'. It reads: {string.Join(", ", attention.Offer.PageTypes)}.");
            }
        }

        if (pool.PerHead && !attention.Offer.FoldsPerHead)
        {
            throw new CompositionException(
                $"layer {layer}: attention '{attention.Name}' cannot read the per-head pages of cache '{cache.Name}'. It reads pages that all heads share. "
                + $"Choose an attention that reads them{(PerHeadAttentions.Any() ? $" ({string.Join(", ", PerHeadAttentions)})" : "")}, or a cache that keeps the same tokens for every head.");
        }
    }

    private static IMemoryDomain DomainOf(BoundComponent<IAttention>[] attentions, int layer)
    {
        BoundComponent<IAttention> first = attentions[0];
        return Array.Find(attentions, other => other.Domain != first.Domain) is { } other
            ? throw new CompositionException(
                $"layer {layer}: attention '{first.Name}' works in {first.Domain.Memory.Name} memory and '{other.Name}' in {other.Domain.Memory.Name} memory, "
                + "but both phases read the same pages. Give both the same device.")
            : first.Domain.Memory;
    }

    // Forked sequences share pages but each has runs of its own, and a policy may cut runs down to single keys.
    private int MaxRuns(LayerPages layer)
    {
        long most = layer.Pools.Max(pool =>
            Math.Min((long)pool.Layout.KeysAtMost + (long)StepRows(layer.BorderTokens) * pool.Tables + pool.PageTokens, (long)limits.ContextTokens * pool.Tables));
        return checked((int)(most * limits.Sequences));
    }

    private static FoldShards? ShardsOf(LayerParts[] phases, int layer)
    {
        FoldShards? shards = phases[0].Fold.Shards;
        return Array.Find(phases, phase => phase.Fold.Shards != shards) is null
            ? shards
            : throw new CompositionException($"layer {layer}: the phases decorate their folds differently, but both read the same pages. Give both the same 'fold'.");
    }

    /// <summary>The pools of one layer, and their shards.</summary>
    /// <param name="cache">Name of the cache, for the message.</param>
    /// <param name="offer">Of the cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="layout">How the cache stores it; checked.</param>
    /// <param name="domain">Where its attention works.</param>
    /// <param name="shards">How keys are distributed; null: they are not.</param>
    /// <exception cref="CompositionException">Keys cannot move from one pool into another.</exception>
    public LayerPages Pages(string cache, Offer offer, int layer, CacheLayout layout, IMemoryDomain domain, FoldShards? shards = null)
    {
        ImmutableArray<PoolLayout> layouts = PoolsOf(layout);
        ImmutableArray<IMemoryDomain> domains = shards?.Domains ?? [domain];
        int[] positions = PositionsOf(shards);
        PoolShape[] shapes = [.. layouts.SelectMany((pool, i) => domains.Select((where, shard) =>
            ShapeOf(pool, model.Layers[layer].Kv, isFirst: i == 0, isDeclared: !layout.Pools.IsEmpty, where, positions[shard], StepRows(ReviewBorders.Of(layout, offer)))))];
        ImmutableArray<PoolPages> pools = Held(layer, shapes) ?? Allocated(cache, layer, layouts, shapes);
        return new LayerPages(pools, layout.TokensAtMost, ReviewBorders.Of(layout, offer)) { Shards = shards };
    }

    /// <summary>The former pipeline's pools of a layer, with what lies in them; null: some would be other ones.</summary>
    private ImmutableArray<PoolPages>? Held(int layer, PoolShape[] shapes)
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

    // No step crosses a review border.
    private int StepRows(int? borderTokens) => Math.Min(limits.Rows, borderTokens ?? int.MaxValue);

    /// <summary>Positions of a text that may lie in each shard, at least 1.</summary>
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
    /// <param name="kv">What a token has.</param>
    /// <param name="isFirst">Whether it takes the rows of steps.</param>
    /// <param name="isDeclared">Whether the layout names pools.</param>
    /// <param name="domain">Where it lies.</param>
    /// <param name="positions">Positions of a text that it may hold: all that a policy keeps may be among them.</param>
    /// <param name="stepRows">Rows of a sequence in the largest step.</param>
    private PoolShape ShapeOf(PoolLayout layout, KvGeometry kv, bool isFirst, bool isDeclared, IMemoryDomain domain, int positions, int stepRows)
    {
        int tables = layout.PerHead ? kv.Heads : 1;
        bool keepsAll = layout.KeysAtMost >= (long)positions * tables;
        long perSequence = isDeclared ? DensePages(layout, isFirst ? stepRows : 0, tables, keepsAll, positions) : PagesOfOnePool(layout, positions, stepRows);
        // What moves into later pools must always find room there, so only the first may be smaller than all sequences at their longest.
        long most = isFirst && cacheTokens is { } tokens ? ((long)tokens + layout.PageTokens - 1) / layout.PageTokens * tables : long.MaxValue;
        return new(domain, layout, checked((int)Math.Min(most, perSequence * Math.Min(FullSequences ?? int.MaxValue, limits.Sequences))), (int)perSequence, isDeclared ? keepsAll ? 0 : 1 : null);
    }

    private PoolPages Allocated(PoolLayout layout, KvGeometry kv, PoolShape shape, bool isFirst)
    {
        MemoryAccount own = memory.NewPart("pages");
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
                + "Or keep less of each text: cache 'compressed' with budgetTokens, streaming or smaller formats (docs/caches.md).", fault);
        }
    }

    // Between steps a sequence keeps TokensAtMost; within one, its new rows too. What begins in the middle of a text need not begin
    // on a page's border: one page more.
    private static long PagesOfOnePool(PoolLayout layout, int positions, int stepRows)
    {
        long tokens = Math.Min((long)layout.KeysAtMost + stepRows, positions);
        return (tokens + layout.PageTokens - 1) / layout.PageTokens + (tokens < positions ? 1 : 0);
    }

    // Every table may end in the middle of a page and hold a page more than it needs before its keys are moved together.
    private static long DensePages(PoolLayout layout, int stepRows, int tables, bool keepsAll, int positions)
    {
        long whole = (positions + layout.PageTokens - 1L) / layout.PageTokens;
        long keys = layout.KeysAtMost + (long)stepRows * tables;
        return keepsAll ? whole * tables : Math.Min(keys / layout.PageTokens + 3 * tables, (whole + 1) * tables);
    }

    /// <summary>F32: a page of one head, for keys that go from one format into another.</summary>
    private PageScratch Scratch(IMemoryDomain domain, int pageTokens)
    {
        int elements = checked(pageTokens * model.Layers.Max(layer => Math.Max(layer.Kv.KeyWidth, layer.Kv.ValueWidth)));
        int known = _scratch.FindIndex(scratch => scratch.View.Domain == domain && scratch.View.Shape[0] >= elements);
        if (known >= 0)
            return _scratch[known];

        MemoryAccount own = memory.NewPart("scratch of pages");
        _scratch.Add(new(own.Allocate(domain, ElementType.F32, elements), own));
        return _scratch[^1];
    }

    // Domains convert what they compute in and need do no more: whether keys can move is known before the first token.
    private static void RequireConverts(string cache, int layer, PoolPages source, PoolPages target)
    {
        try
        {
            target.CopyFrom(source, new() { Page = 0, FirstKey = 0, Keys = 1, FirstPosition = 0, LastPosition = 0 }, 0, 0, 0);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw Fault(cache, layer, $"keys cannot move from {source.Pool.Keys.Type}/{source.Pool.Values.Type} pages into {target.Pool.Keys.Type}/{target.Pool.Values.Type} pages in {target.Domain.Name} memory: {fault.Message}", fault);
        }
    }
}
