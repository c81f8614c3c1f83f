using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Gives the layers of a cache policy that observes queries the data for its reviews, and rejects unsupported combinations.</summary>
internal sealed class Observers(MemoryAccount memory, StepDomains domains, ModelDescription model, Limits limits, WorkerThreads pool)
{
    /// <param name="cache">The policy.</param>
    /// <param name="layouts">[L]: how it stores each layer.</param>
    /// <param name="parts">[L]: the layers.</param>
    /// <param name="states">Per-sequence states of components.</param>
    /// <param name="pages">All pages; observed layers are registered with them.</param>
    /// <exception cref="CompositionException">Borders differ, or the attention cannot provide what the policy asks for.</exception>
    public void Attach(BoundComponent<ICachePolicy> cache, CacheLayout[] layouts, LayerParts[] parts, SequenceStates states, PageStore pages)
    {
        KeyMass.Buffers? buffers = null;
        for (int layer = 0; layer < layouts.Length; layer++)
        {
            if (pages.Layers[layer].IsNone)
                continue;

            KeptState? state = states.Of(Role.Cache, layer);
            if (state is not null && state.BorderTokens != pages.Layers[layer].BorderTokens)
                throw Fault(cache, layer, $"it keeps state with a border every {state.BorderTokens} tokens and {Reviews(pages.Layers[layer])}; both must be the same: set CacheLayout.ReviewTokens");

            RequireKeyMass(cache, layouts[layer], parts[layer], state, layer);
            if (state is null)
                continue;

            if (layouts[layer].ReadsKeyMass)
                buffers ??= NewBuffers(parts);
            KeyMassReader? mass = layouts[layer].ReadsKeyMass ? new KeyMass(buffers!, pages, domains.Host, parts[layer], pool, model, layer).Add : null;
            pages.Layers[layer].Observed = new(state, mass);
        }
    }

    private KeyMass.Buffers NewBuffers(LayerParts[] parts) => new(
        memory, domains.Host.Memory, parts.Select(part => part.Attention.Domain.Memory).Where(domain => !domain.IsHost).Distinct(), limits, model.Layers.Max(layer => layer.Kv.Heads));

    private static string Reviews(LayerPages pages) => pages.BorderTokens is { } every ? $"a review every {every}" : "reviews without borders";

    private static void RequireKeyMass(BoundComponent<ICachePolicy> cache, CacheLayout layout, LayerParts parts, KeptState? state, int layer)
    {
        if (!layout.ReadsKeyMass)
            return;
        if (cache.Component is not IObservesQueries || state is null)
            throw Fault(cache, layer, "its layout reads key mass, but it keeps no notes of queries there (IObservesQueries). This is a fault of the plugin");
        if (parts.Fold is not IGivesKeyMass { TellsKeyMass: true })
        {
            string fold = parts.FoldNames.IsEmpty ? "" : $" with fold {string.Join(", ", parts.FoldNames)}";
            throw new CompositionException($"layer {layer}: attention '{parts.Attention.Name}'{fold} cannot tell how much rows look at keys, by which cache '{cache.Name}' decides. Choose another attention, or another cache.");
        }
    }

    private static CompositionException Fault(BoundComponent<ICachePolicy> cache, int layer, string what) => new($"cache '{cache.Name}', layer {layer}: {what}.");
}
