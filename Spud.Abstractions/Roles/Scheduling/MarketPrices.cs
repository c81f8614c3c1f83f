using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Prices per CU in nano-units, at least 0. A job that is submitted without a bid is quoted <see cref="Floor"/> or <see cref="Posted"/>, by its lane,
/// and pays that until it ends. A scheduler without a market leaves all at 0: only the account's price list counts then.
/// </summary>
[Experimental(Experiments.Id)]
public readonly struct MarketPrices
{
    /// <summary>Quoted to jobs of the floor.</summary>
    public long Floor { get; init; }

    /// <summary>Quoted to spot jobs without a bid; it rises while the spot share is sold out.</summary>
    public long Posted { get; init; }

    /// <summary>Bids below it are not considered.</summary>
    public long Reserve { get; init; }

    /// <summary>What a small bid would have had to exceed in the last auction: the highest that lost, or <see cref="Reserve"/>.</summary>
    public long Clearing { get; init; }
}
