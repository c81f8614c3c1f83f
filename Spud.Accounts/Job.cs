namespace Spud.Accounts;

/// <summary>Status of a job.</summary>
public enum JobStatus
{
    /// <summary>It waits, and its money is reserved.</summary>
    Queued,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It ended normally, within its budget.</summary>
    Finished,

    /// <summary>It could not be completed.</summary>
    Failed,

    /// <summary>Its client gave it up.</summary>
    Cancelled,

    /// <summary>The server gave it up, and nothing was charged.</summary>
    HandedBack,
}

/// <summary>A job: a request with an account, a cap and money reserved.</summary>
public sealed record Job
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The account that pays.</summary>
    public required string Account { get; init; }

    /// <summary>Currency of its amounts.</summary>
    public required string Currency { get; init; }

    /// <summary>Id of the API key that submitted it; null if none did.</summary>
    public string? Key { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Status.</summary>
    public JobStatus Status { get; init; }

    /// <summary>Maximum compute, in CU.</summary>
    public decimal ComputeUnits { get; init; }

    /// <summary>Bid per CU; null for none.</summary>
    public decimal? Bid { get; init; }

    /// <summary>Without a bid: the scheduler's price per CU that was quoted for it; null for none.</summary>
    public decimal? Quote { get; init; }

    /// <summary>Lane.</summary>
    public JobLane Lane { get; init; }

    /// <summary>Tier, 0 to 3.</summary>
    public int Tier { get; init; }

    /// <summary>When its result stops being useful; null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Maximum charge: what was reserved.</summary>
    public decimal Reserved { get; init; }

    /// <summary>What was charged; null while it is open.</summary>
    public decimal? Charge { get; init; }

    /// <summary>What it used, in CU; null while it is open or if nothing was counted.</summary>
    public decimal? ComputeUnitsUsed { get; init; }

    /// <summary>Name of the price list that applied; null for none.</summary>
    public string? PriceList { get; init; }

    /// <summary>Its version.</summary>
    public string? PriceListVersion { get; init; }

    /// <summary>Name of the server that has it; null for none.</summary>
    public string? Server { get; init; }

    /// <summary>How often servers took it up.</summary>
    public int Attempt { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset Submitted { get; init; }

    /// <summary>When it began to run.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Whether somebody asked for its end; its server cancels it.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Why it failed, was handed back, or was cancelled without its client asking for it.</summary>
    public string? Reason { get; init; }

    /// <summary>What it asks, if it can be taken up again by another server; deleted when it ends.</summary>
    public string? Request { get; init; }

    /// <summary>Its result, if it is kept for a client that asks later.</summary>
    public string? Answer { get; init; }

    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => Status is JobStatus.Queued or JobStatus.Running;
}
