using System.Globalization;

namespace Spud.Metering;

/// <summary>Maximum cost of a request: compute, or money according to a price list. The engine never runs a step that might exceed it.</summary>
public sealed class Budget
{
    /// <summary>The maximum, in CU; the ledger counts FLOPs in 64 bits.</summary>
    public const decimal MaxComputeUnits = 9_000_000_000m;

    private Budget(decimal? computeUnits, decimal? amount, PriceList? prices)
    {
        (ComputeUnits, Amount, Prices) = (computeUnits, amount, prices);
        Flops = computeUnits is { } units ? (long)decimal.Floor(units * Tally.FlopsPerUnit) : long.MaxValue;
    }

    /// <summary>Limit in units of 10^9 FLOP; null if none.</summary>
    public decimal? ComputeUnits { get; }

    /// <summary>Limit in the currency of <see cref="Prices"/>; null if none.</summary>
    public decimal? Amount { get; }

    /// <summary>The price list for a limit on money.</summary>
    public PriceList? Prices { get; }

    internal long Flops { get; }

    /// <summary>Creates a limit on compute.</summary>
    /// <param name="computeUnits">The limit, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or more than <see cref="MaxComputeUnits"/>.</exception>
    public static Budget OfCompute(decimal computeUnits)
    {
        Require(computeUnits, nameof(computeUnits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(computeUnits, MaxComputeUnits);
        return new(computeUnits, null, null);
    }

    /// <summary>Creates a limit on money.</summary>
    /// <param name="amount">The limit, above 0, in the list's currency.</param>
    /// <param name="prices">The price list.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public static Budget OfMoney(decimal amount, PriceList prices)
    {
        ArgumentNullException.ThrowIfNull(prices);
        Require(amount, nameof(amount));
        return new(null, amount, prices);
    }

    /// <summary>"250 CU" or "0.002 EUR".</summary>
    public override string ToString() => Text(ComputeUnits ?? Amount!.Value);

    internal string Text(decimal value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.############} {Prices?.Currency ?? "CU"}");

    private static void Require(decimal value, string name)
    {
        if (value <= 0)
            throw new ArgumentOutOfRangeException(name, value, "budget: expected more than 0");
    }
}
