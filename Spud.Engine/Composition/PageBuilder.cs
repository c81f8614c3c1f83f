using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Gets the layout of each layer from the cache, checks that the attentions can read it, and allocates the pages.</summary>
internal sealed class PageBuilder(MemoryAccount memory, IMemoryDomain host, ModelDescription model, Limits limits, int? cacheTokens)
{
    private const int RunFields = 5;

    private PoolBuilder Pools => field ??= new(memory, host, model, limits, cacheTokens) { FullSequences = FullSequences, Former = Former };

    /// <summary>Attentions in loaded plugins that can fold per-head pages, for the message.</summary>
    public IEnumerable<string> PerHeadAttentions { get; init; } = [];

    /// <summary>Number of sequences that can fill the context at the same time; null for all.</summary>
    public int? FullSequences { get; init; }

    /// <summary>Pages of a pipeline of the same model that this one replaces: pools that would be allocated identically are kept; null if none.</summary>
    public PageStore? Former { get; init; }

    /// <summary>Layers without pages: no row passes through them.</summary>
    public ImmutableArray<int> LeftOut { get; init; } = [];

    /// <exception cref="CompositionException">The layout is invalid, or an attention cannot read it.</exception>
    public PageStore Build(BoundComponent<ICachePolicy> cache, LayerParts[][] parts, IEnumerable<int>? stateBorders = null) =>
        Build(cache, [.. Enumerable.Range(0, model.Layers.Length).Select(layer => LayoutCheck.LayoutOf(cache, layer))], parts, stateBorders ?? []);

    /// <exception cref="CompositionException">A layout is invalid, or an attention cannot read it.</exception>
    public PageStore Build(BoundComponent<ICachePolicy> cache, CacheLayout[] layouts, LayerParts[][] parts, IEnumerable<int> stateBorders)
    {
        LayerPages[] layers = new LayerPages[layouts.Length];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            if (LeftOut.Contains(layer))
            {
                layers[layer] = LayerPages.None;
                continue;
            }

            BoundComponent<IAttention>[] attentions = [.. parts.Select(phase => phase[layer].Attention)];
            LayoutCheck.Require(cache, layer, layouts[layer], model.Layers[layer].Kv, attentions, PerHeadAttentions);
            FoldShards? shards = LayoutCheck.ShardsOf([.. parts.Select(phase => phase[layer])], layer);
            layers[layer] = Pools.Pages(cache.Name, cache.Offer, layer, layouts[layer], LayoutCheck.DomainOf(attentions, layer), shards);
        }

        // An observer views the pages of all pools at once.
        bool observes = cache.Component is IObservesQueries;
        int views = layers.Max(layer => observes ? layer.Pools.Length : layer.ShardCount);
        ReviewBorders borders = new(layers.Select(layer => layer.BorderTokens).OfType<int>().Concat(stateBorders));
        LayerPages[] present = [.. layers.Where(static layer => !layer.IsNone)];
        StepTables[] tables = [.. Enumerable.Range(0, views).Select(_ => TablesFor(present))];
        return new PageStore(layers, cache.Component, tables, Pools.HostScratchBytes) { Borders = borders };
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

    // Forked sequences share pages but have separate runs, and a policy may split runs down to single keys.
    private int MaxRuns(LayerPages layer)
    {
        long most = layer.Pools.Max(pool =>
            Math.Min((long)pool.Layout.KeysAtMost + (long)Pools.StepRows(layer.BorderTokens) * pool.Tables + pool.PageTokens, (long)limits.ContextTokens * pool.Tables));
        return checked((int)(most * limits.Sequences));
    }
}
