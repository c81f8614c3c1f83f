using Spud.Execution;

namespace Spud.Composition;

/// <summary>Asks the cache how each layer is stored, checks that the attentions can read it, and allocates the pages.</summary>
internal sealed class PageBuilder(MemoryAccount memory, IMemoryDomain host, ModelDescription model, Limits limits, int? cacheTokens)
{
    private const int RunFields = 5;

    /// <exception cref="CompositionException">The layout is impossible, or an attention cannot read it.</exception>
    public PageStore Build(Placed<ICachePolicy> cache, LayerParts[][] parts)
    {
        LayerPages[] layers = new LayerPages[model.Layers.Length];
        int mostRuns = 0;
        for (int layer = 0; layer < layers.Length; layer++)
        {
            CacheLayout layout = cache.Component.Layout(layer);
            Require(cache, layer, layout);
            foreach (LayerParts[] phase in parts)
                RequireReadable(cache, phase[layer].Attention, layer, layout);

            layers[layer] = Pages(layer, layout, DomainOf([.. parts.Select(phase => phase[layer].Attention)], layer));
            mostRuns = Math.Max(mostRuns, MostRuns(layers[layer]));
        }

        TensorView slots = memory.Allocate(host, ElementType.I32, limits.Rows);
        TensorView runs = memory.Allocate(host, ElementType.I32, mostRuns, RunFields);
        return new PageStore(layers, cache.Component, slots, runs, memory.Allocate(host, ElementType.I32, limits.Sequences + 1));
    }

    private void Require(Placed<ICachePolicy> cache, int layer, CacheLayout layout)
    {
        KvGeometry kv = model.Layers[layer].Kv;
        if (layout.PageTokens < 1 || layout.TokensAtMost < 1)
            throw Fault($"pages of {layout.PageTokens} tokens and at most {layout.TokensAtMost} tokens; both must be at least 1");
        foreach ((string what, ElementType type, int width) in new[] { ("keys", layout.Keys, kv.KeyWidth), ("values", layout.Values, kv.ValueWidth) })
        {
            if (type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16 or ElementType.Q8_0 or ElementType.Q4_0))
                throw Fault($"{type} is no page format; known: F32, F16, BF16, Q8_0, Q4_0");
            if (width % type.BlockElements != 0)
                throw Fault($"{type} needs {what} whose width is a multiple of {type.BlockElements}, this model's are {width} wide; choose F32, F16 or BF16");
        }

        CompositionException Fault(string what) => new($"cache '{cache.Name}', layer {layer}: {what}.");
    }

    private static void RequireReadable(Placed<ICachePolicy> cache, Placed<IAttention> attention, int layer, CacheLayout layout)
    {
        foreach (ElementType type in new[] { layout.Keys, layout.Values })
        {
            if (!attention.Offer.PageTypes.Contains(type))
            {
                throw new CompositionException(
                    $"layer {layer}: attention '{attention.Name}' cannot read the {type} pages of cache '{cache.Name}'. It reads: {string.Join(", ", attention.Offer.PageTypes)}.");
            }
        }
    }

    private static IMemoryDomain DomainOf(Placed<IAttention>[] attentions, int layer)
    {
        Placed<IAttention> first = attentions[0];
        return Array.Find(attentions, other => other.Place != first.Place) is { } other
            ? throw new CompositionException(
                $"layer {layer}: attention '{first.Name}' works in {first.Place.Domain.Name} memory and '{other.Name}' in {other.Place.Domain.Name} memory, "
                + "but both phases read the same pages. Give both the same device.")
            : first.Place.Domain;
    }

    // Forked sequences share pages but each has runs of its own, and a policy may cut runs down to single keys.
    private int MostRuns(LayerPages layer)
    {
        long kept = Math.Min((long)layer.TokensAtMost + limits.Rows + layer.PageTokens, limits.ContextTokens);
        return checked((int)(kept * limits.Sequences));
    }

    private LayerPages Pages(int layer, CacheLayout layout, IMemoryDomain domain)
    {
        // Between steps a sequence keeps TokensAtMost; within one, its new rows too. What begins in the middle of a text need not begin
        // on a page's border: one page more.
        long tokens = Math.Min((long)layout.TokensAtMost + limits.Rows, limits.ContextTokens);
        int perSequence = (int)((tokens + layout.PageTokens - 1) / layout.PageTokens) + (tokens < limits.ContextTokens ? 1 : 0);
        long all = cacheTokens is { } most ? ((long)most + layout.PageTokens - 1) / layout.PageTokens : (long)perSequence * limits.Sequences;
        int pages = checked((int)Math.Min(all, (long)perSequence * limits.Sequences));
        KvGeometry kv = model.Layers[layer].Kv;
        PagePool pool = new()
        {
            Keys = memory.Allocate(domain, layout.Keys, pages, kv.Heads, layout.PageTokens, kv.KeyWidth),
            Values = memory.Allocate(domain, layout.Values, pages, kv.Heads, layout.PageTokens, kv.ValueWidth),
            Positions = memory.Allocate(host, ElementType.I32, pages, layout.PageTokens),
        };
        return new LayerPages(domain, layout, pool, perSequence);
    }
}
