namespace Spud.Generation;

/// <summary>Who pays for a request, how urgent it is, and what it may cost: what a scheduler knows of it besides its size.</summary>
public sealed record JobTerms
{
    private const long NanosPerUnit = 1_000_000_000, MaxPrice = 1_000_000_000;

    /// <summary>The terms of a request that states none.</summary>
    public static JobTerms Default { get; } = new();

    /// <summary>Name of the account that pays.</summary>
    public string Account { get; init; } = "local";

    /// <summary>The account's share of compute in proportion to others; above 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Urgency, 0 (first) .. 3 (last).</summary>
    public int Tier { get; init; } = 2;

    /// <summary>The part of the capacity that it asks for.</summary>
    public JobLane Lane { get; init; }

    /// <summary>Maximum price per CU that it bids; null to pay the price that is quoted. Only in <see cref="JobLane.Spot"/>.</summary>
    public decimal? BidPerCu { get; init; }

    /// <summary>Without a bid: the price per CU that was quoted when it was submitted; null for what is quoted when it reaches the loop.</summary>
    public decimal? QuotePerCu { get; init; }

    /// <summary>When its result loses its value; null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal void Require()
    {
        ArgumentException.ThrowIfNullOrEmpty(Account);
        if (!(Weight > 0 && double.IsFinite(Weight)))
            throw new ArgumentException($"Job.Weight: expected a number above 0, got {Weight}.");
        if (Tier is < 0 or > 3)
            throw new ArgumentException($"Job.Tier: expected 0 to 3, got {Tier}.");
        if (BidPerCu is not null && Lane != JobLane.Spot)
            throw new ArgumentException("Job.BidPerCu: a job of the floor pays the quoted price. Submit it as spot, or without a bid.");
        if (BidPerCu is not null && QuotePerCu is not null)
            throw new ArgumentException("Job: expected a bid or a quoted price, got both.");
        _ = NanosOf(BidPerCu ?? QuotePerCu ?? 0);
    }

    /// <summary>A price per CU in nano-units, rounded down: a bid is never exceeded.</summary>
    /// <exception cref="ArgumentException">It is negative, or above 10^9.</exception>
    public static long NanosOf(decimal pricePerCu) => pricePerCu is >= 0 and <= MaxPrice
        ? (long)decimal.Floor(pricePerCu * NanosPerUnit)
        : throw new ArgumentException($"Price per CU: expected 0 to {MaxPrice}, got {pricePerCu}.");
}
