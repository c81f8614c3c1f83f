using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Spud.Metering;

/// <summary>Compute of one request by the price that its scheduler asked for it.</summary>
public sealed class MarketCharge
{
    private const decimal NanosPerUnit = 1_000_000_000m;

    // A job that runs through many auctions has a few prices, because they are set by bids that change seldom.
    private readonly List<(long PricePerCu, long Flops)> _billed = [];

    /// <summary>Sum of price times compute, exact.</summary>
    public decimal Amount
    {
        get
        {
            decimal amount = 0;
            foreach ((long price, long flops) in _billed)
                amount += price / NanosPerUnit * (flops / Tally.FlopsPerUnit);

            return amount;
        }
    }

    /// <summary>Prices at which compute was billed, in ascending order.</summary>
    public ImmutableArray<ReceiptPrice> Prices =>
        [.. _billed.OrderBy(static part => part.PricePerCu).Select(static part => new ReceiptPrice(part.PricePerCu / NanosPerUnit, part.Flops / Tally.FlopsPerUnit))];

    /// <summary>Adds compute.</summary>
    /// <param name="pricePerCu">In nano-units, at least 0.</param>
    /// <param name="flops">FLOPs, at least 0.</param>
    internal void Add(long pricePerCu, long flops)
    {
        Span<(long PricePerCu, long Flops)> billed = CollectionsMarshal.AsSpan(_billed);
        for (int i = billed.Length - 1; i >= 0; i--)
        {
            if (billed[i].PricePerCu != pricePerCu)
                continue;

            billed[i].Flops += flops;
            return;
        }

        _billed.Add((pricePerCu, flops));
    }
}
