using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>How a layer's keys and values are stored.</summary>
public sealed class CacheLayout
{
    /// <summary>A layout of one pool, which the properties describe.</summary>
    public CacheLayout()
    {
    }

    /// <summary>A layout of several pools, or of one with per-head pages. The first pool takes the rows of every step.</summary>
    /// <param name="pools">At least one, in the order of the calls of <see cref="IAttention.Fold"/>; a policy moves keys into later ones.</param>
    /// <exception cref="ArgumentException"><paramref name="pools"/> is empty.</exception>
    [Experimental(Experiments.Id)]
    [SetsRequiredMembers]
    public CacheLayout(params ImmutableArray<PoolLayout> pools)
    {
        if (pools.IsDefaultOrEmpty)
            throw new ArgumentException("layout: expected at least one pool, got none", nameof(pools));

        (Pools, PageTokens, Keys, Values) = (pools, pools[0].PageTokens, pools[0].Keys, pools[0].Values);
        TokensAtMost = (int)Math.Min(int.MaxValue, pools.Sum(static pool => (long)pool.KeysAtMost));
    }

    /// <summary>P: keys per page, at least 1. Pages as long as the context make a contiguous cache.</summary>
    public required int PageTokens { get; init; }

    /// <summary>Type of keys: F32, F16, BF16, Q8_0 or Q4_0. Block formats need a head width that is a multiple of 32.</summary>
    public required ElementType Keys { get; init; }

    /// <summary>Type of values, likewise.</summary>
    public required ElementType Values { get; init; }

    /// <summary>Maximum number of tokens of a sequence that are kept between two steps. The pool is sized by it.</summary>
    public required int TokensAtMost { get; init; }

    /// <summary>
    /// Distance of review borders, in tokens, at least 1. A text is reviewed each time its length reaches a border, and no step crosses one, so that
    /// the same keys are kept however a text is read. Null: a border at each page. A policy that promises <see cref="Offer.RowInvariant"/> has
    /// then no borders, since it drops no key that a row would see; it is asked at each commit that fills a page.
    /// </summary>
    [Experimental(Experiments.Id)]
    public int? ReviewTokens { get; init; }

    /// <summary>
    /// Whether reviews read key mass (<see cref="IHistory.AddKeyMass"/>). The layer's attention must support it (<see cref="IGivesKeyMass"/>), and
    /// its computation is billed.
    /// </summary>
    [Experimental(Experiments.Id)]
    public bool ReadsKeyMass { get; init; }

    /// <summary>
    /// The pools, if the layout was made from pools; otherwise empty, and the other properties describe the one pool. If it is not empty, the host
    /// ignores the other properties about storage.
    /// </summary>
    [Experimental(Experiments.Id)]
    public ImmutableArray<PoolLayout> Pools { get; } = [];
}
