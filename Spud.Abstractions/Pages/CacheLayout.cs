using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>How a layer's keys and values are stored.</summary>
public sealed class CacheLayout
{
    /// <summary>A layout of one pool, described by the properties.</summary>
    public CacheLayout()
    {
    }

    /// <summary>A layout of several pools, or of one with per-head pages. The first pool takes the rows of every step.</summary>
    /// <param name="pools">At least one, in the order of the calls of <see cref="IAttention.Fold"/>; a policy moves keys into later ones.</param>
    /// <exception cref="ArgumentException">There is no pool.</exception>
    [Experimental(Experiments.Id)]
    [SetsRequiredMembers]
    public CacheLayout(params ImmutableArray<PoolLayout> pools)
    {
        if (pools.IsDefaultOrEmpty)
            throw new ArgumentException("A cache layout needs at least one pool.", nameof(pools));

        (Pools, PageTokens, Keys, Values) = (pools, pools[0].PageTokens, pools[0].Keys, pools[0].Values);
        TokensAtMost = (int)Math.Min(int.MaxValue, pools.Sum(static pool => (long)pool.KeysAtMost));
    }

    /// <summary>P: keys of a page, at least 1; as long as the context, it is a contiguous cache.</summary>
    public required int PageTokens { get; init; }

    /// <summary>F32, F16, BF16, Q8_0 or Q4_0; block formats need a head width that is a multiple of 32.</summary>
    public required ElementType Keys { get; init; }

    /// <summary>Likewise.</summary>
    public required ElementType Values { get; init; }

    /// <summary>Most tokens of a sequence that are kept between two steps; sizes the pool.</summary>
    public required int TokensAtMost { get; init; }

    /// <summary>
    /// Review borders: a text is reviewed each time that its length reaches a multiple of this, and no step crosses one, so that every way of
    /// reading a text keeps the same keys. Null: a policy that promises <see cref="Offer.RowInvariant"/> has no borders, since nothing that it
    /// drops is missed, and is asked at each commit that filled a page; any other policy has one at every page. At least 1.
    /// </summary>
    [Experimental(Experiments.Id)]
    public int? ReviewTokens { get; init; }

    /// <summary>
    /// Whether reviews ask how much rows looked at keys (<see cref="IHistory.AddKeyMass"/>): the layer's attention must be able to tell
    /// (<see cref="IGivesKeyMass"/>), and what it computes for that is billed.
    /// </summary>
    [Experimental(Experiments.Id)]
    public bool ReadsKeyMass { get; init; }

    /// <summary>
    /// The pools, if the layout was made of some; otherwise empty, and the other properties describe the one pool. Where it is not empty the
    /// host reads nothing else about storage.
    /// </summary>
    [Experimental(Experiments.Id)]
    public ImmutableArray<PoolLayout> Pools { get; } = [];
}
