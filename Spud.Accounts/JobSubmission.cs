using System.Globalization;
using System.Security.Cryptography;
using Spud.Metering;

namespace Spud.Accounts;

/// <summary>A job to be submitted.</summary>
public sealed record JobSubmission
{
    /// <summary>Its id: submitting the same job again changes nothing.</summary>
    public string Id { get; init; } = NewId();

    /// <summary>The account that pays.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the API key; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Maximum compute, in CU.</summary>
    public required decimal ComputeUnits { get; init; }

    /// <summary>Bid per CU; null for none.</summary>
    public decimal? Bid { get; init; }

    /// <summary>Without a bid: the scheduler's price per CU that was quoted for it; null for none.</summary>
    public decimal? Quote { get; init; }

    /// <summary>What its budget can cost at most by the price list, in addition to bid or quote.</summary>
    public decimal MaxCharge { get; init; }

    /// <summary>Lane.</summary>
    public JobLane Lane { get; init; }

    /// <summary>Tier, 0 to 3.</summary>
    public int Tier { get; init; }

    /// <summary>When its result stops being useful; null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The price list that applies; it must have been added. Null for none.</summary>
    public PriceList? Prices { get; init; }

    /// <summary>What it asks, for a server that takes it up again; null if only the waiting client could use the answer.</summary>
    public string? Request { get; init; }

    /// <summary>A new id.</summary>
    public static string NewId() => $"job-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

    /// <summary>What is reserved, in the database's units.</summary>
    internal long Reserved => Units.Reserve(Math.Min(MaxCharge, Units.MaxAmount)) + ReservedFor(Bid ?? Quote ?? 0, Flops);

    /// <summary>The cap, in the database's units.</summary>
    internal long Flops => Units.Flops(ComputeUnits);

    /// <summary>What a bid reserves: its product with the cap.</summary>
    internal static long ReservedFor(decimal bid, long flops) => Units.Reserve(bid * Units.ComputeUnits(flops));

    /// <summary>Identifies the content.</summary>
    internal string Digest => Accounts.Digest.Of(
        Account, Key, Model, Text(ComputeUnits), Text(Bid), Text(Quote), Text(MaxCharge), $"{Lane}", Text(Tier), Text(Deadline is { } deadline ? Units.Time(deadline) : null), Prices?.Name, Prices?.Version, Request);

    private static string? Text(decimal? value) => value?.ToString("0.##################", CultureInfo.InvariantCulture);
}
