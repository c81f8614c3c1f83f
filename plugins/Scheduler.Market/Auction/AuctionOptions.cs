using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Scheduler.Market.Fair;

namespace Scheduler.Market.Auction;

/// <summary>Options of scheduler "auction". Prices are money per CU.</summary>
internal sealed class AuctionOptions : FairOptions
{
    /// <summary>The share that is not sold.</summary>
    [Description("Share of sequences and pages that is divided fairly between the accounts of the floor, 0 to 1; the rest is sold.")]
    [Range(0.0, 1.0)]
    public double Floor { get; set; } = 0.5;

    /// <summary>Minimum time between two auctions.</summary>
    [Description("Minimum time between two auctions, in milliseconds; if a step takes longer, each step has one.")]
    [Range(1, 60_000)]
    public int TickMilliseconds { get; set; } = 100;

    /// <summary>Bids below it are refused.</summary>
    [Description("Reserve price per CU: bids below it get nothing.")]
    [Range(0.0, 1e9)]
    public double Reserve { get; set; } = 5e-9;

    /// <summary>Price without a bid, while not everything is sold.</summary>
    [Description("Price per CU on the floor, and of the spot share without a bid while not everything is sold.")]
    [Range(0.0, 1e9)]
    public double Price { get; set; } = 1e-8;

    /// <summary>Limit of the surge.</summary>
    [Description("How many times the price may rise, for spot jobs without a bid, while everything is sold.")]
    [Range(1.0, 1000.0)]
    public double Surge { get; set; } = 10;
}
