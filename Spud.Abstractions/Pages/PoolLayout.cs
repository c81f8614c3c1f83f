using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>One pool of a layer's pages.</summary>
[Experimental(Experiments.Id)]
public sealed class PoolLayout
{
    /// <summary>P: keys of a page, at least 1.</summary>
    public required int PageTokens { get; init; }

    /// <summary>F32, F16, BF16, Q8_0 or Q4_0; block formats need a head width that is a multiple of 32.</summary>
    public required ElementType Keys { get; init; }

    /// <summary>Likewise.</summary>
    public required ElementType Values { get; init; }

    /// <summary>
    /// Whether a page holds the keys of one KV head, [N, 1, P, D], and every head has runs of its own; otherwise all heads share a page,
    /// [N, G, P, D]. The attention must offer <see cref="Offer.FoldsPerHead"/>.
    /// </summary>
    public bool PerHead { get; init; }

    /// <summary>
    /// The largest number of keys of a sequence that this pool holds between two steps; it sizes the pool. In a per-head pool the keys of
    /// all heads count together: a token that every head keeps is G keys.
    /// </summary>
    public required int KeysAtMost { get; init; }
}
