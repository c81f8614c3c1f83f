using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>Gets the layouts of a cache, and checks that they are valid and that the attentions can read them.</summary>
internal static class LayoutCheck
{
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

    /// <summary>The pools of a layout; if it lists none, the single pool described by its properties.</summary>
    public static ImmutableArray<PoolLayout> PoolsOf(CacheLayout layout) => layout.Pools.IsEmpty
        ? [new() { PageTokens = layout.PageTokens, Keys = layout.Keys, Values = layout.Values, KeysAtMost = layout.TokensAtMost }]
        : layout.Pools;

    /// <summary>Checks the layout of a layer.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="layout">The layout of the layer.</param>
    /// <param name="kv">The KV geometry of the layer.</param>
    /// <param name="attentions">The layer's attentions, by phase.</param>
    /// <param name="perHeadAttentions">Attentions in loaded plugins that can fold per-head pages, for the message.</param>
    /// <exception cref="CompositionException">The layout is invalid, or an attention cannot read it.</exception>
    public static void Require(
        BoundComponent<ICachePolicy> cache, int layer, CacheLayout layout, KvGeometry kv, BoundComponent<IAttention>[] attentions, IEnumerable<string> perHeadAttentions)
    {
        if (layout.ReviewTokens < 1)
            throw Fault(cache.Name, layer, $"a review every {layout.ReviewTokens} tokens; expected at least 1");
        foreach (PoolLayout pool in PoolsOf(layout))
        {
            RequirePossible(cache, layer, pool, kv);
            foreach (BoundComponent<IAttention> attention in attentions)
                RequireReadable(cache, attention, layer, pool, perHeadAttentions);
        }
    }

    /// <summary>The memory domain of the attentions of both phases.</summary>
    /// <exception cref="CompositionException">Their domains differ.</exception>
    public static IMemoryDomain DomainOf(BoundComponent<IAttention>[] attentions, int layer)
    {
        BoundComponent<IAttention> first = attentions[0];
        return Array.Find(attentions, other => other.Domain != first.Domain) is { } other
            ? throw new CompositionException(
                $"layer {layer}: attention '{first.Name}' works in {first.Domain.Memory.Name} memory and '{other.Name}' in {other.Domain.Memory.Name} memory, "
                + "but both phases read the same pages. Give both the same device.")
            : first.Domain.Memory;
    }

    /// <summary>How both phases distribute keys; null if they do not.</summary>
    /// <exception cref="CompositionException">Their distributions differ.</exception>
    public static FoldShards? ShardsOf(LayerParts[] phases, int layer)
    {
        FoldShards? shards = phases[0].Fold.Shards;
        return Array.Find(phases, phase => phase.Fold.Shards != shards) is null
            ? shards
            : throw new CompositionException($"layer {layer}: the phases decorate their folds differently, but both read the same pages. Give both the same 'fold'.");
    }

    /// <summary>The exception for an invalid cache layout.</summary>
    public static CompositionException Fault(string cache, int layer, string what, Exception? cause = null) =>
        new($"cache '{cache}', layer {layer}: {what}.", cause);

    private static void RequirePossible(BoundComponent<ICachePolicy> cache, int layer, PoolLayout pool, KvGeometry kv)
    {
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

    private static void RequireReadable(
        BoundComponent<ICachePolicy> cache, BoundComponent<IAttention> attention, int layer, PoolLayout pool, IEnumerable<string> perHeadAttentions)
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
                + $"Choose an attention that reads them{(perHeadAttentions.Any() ? $" ({string.Join(", ", perHeadAttentions)})" : "")}, or a cache that keeps the same tokens for every head.");
        }
    }
}
