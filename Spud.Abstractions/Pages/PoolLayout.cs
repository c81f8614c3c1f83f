using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>One pool of pages of a layer.</summary>
[Experimental(Experiments.Id)]
public sealed class PoolLayout
{
    /// <summary>P: keys per page, at least 1.</summary>
    public required int PageTokens { get; init; }

    /// <summary>Type of keys: F32, F16, BF16, Q8_0 or Q4_0. Block formats need a head width that is a multiple of 32.</summary>
    public required ElementType Keys { get; init; }

    /// <summary>Type of values, likewise.</summary>
    public required ElementType Values { get; init; }

    /// <summary>
    /// Whether each page holds the keys of one KV head, [N, 1, P, D], and each head has its own runs; otherwise all heads share each page,
    /// [N, G, P, D]. The attention must offer <see cref="Offer.FoldsPerHead"/>.
    /// </summary>
    public bool PerHead { get; init; }

    /// <summary>
    /// Maximum number of keys of a sequence that this pool holds between two steps; the pool is sized by it. In a per-head pool the keys of all
    /// heads count: a token that every head keeps is G keys.
    /// </summary>
    public required int KeysAtMost { get; init; }
}
