namespace Spud.Accounts;

/// <summary>An account: who pays.</summary>
public sealed record Account
{
    /// <summary>Its name: lower-case letters, digits, '.', '_' and '-'. It never changes.</summary>
    public required string Name { get; init; }

    /// <summary>Currency of its money, three capital letters.</summary>
    public required string Currency { get; init; }

    /// <summary>What it may still spend. Never negative.</summary>
    public decimal Balance { get; init; }

    /// <summary>What is reserved for its open jobs, in addition to the balance.</summary>
    public decimal Escrow { get; init; }

    /// <summary>Its share of the capacity, relative to other accounts.</summary>
    public decimal Weight { get; init; } = 1;

    /// <summary>Maximum use.</summary>
    public AccountLimits Limits { get; init; } = new();

    /// <summary>Whether it may submit jobs.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; init; }
}

/// <summary>
/// Maximum use of an account; null for no limit. A job counts with its cap and its reservation until it has ended, and with what it
/// used and cost from then on, in the minute and the day (UTC) in which it was submitted.
/// </summary>
public sealed record AccountLimits
{
    /// <summary>Maximum cap of a job, in CU.</summary>
    public decimal? ComputeUnitsPerRequest { get; init; }

    /// <summary>Maximum reservation of a job.</summary>
    public decimal? AmountPerRequest { get; init; }

    /// <summary>Maximum CU in a minute.</summary>
    public decimal? ComputeUnitsPerMinute { get; init; }

    /// <summary>Maximum amount in a minute.</summary>
    public decimal? AmountPerMinute { get; init; }

    /// <summary>Maximum CU in a day.</summary>
    public decimal? ComputeUnitsPerDay { get; init; }

    /// <summary>Maximum amount in a day.</summary>
    public decimal? AmountPerDay { get; init; }
}
