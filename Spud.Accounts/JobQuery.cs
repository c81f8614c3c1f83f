namespace Spud.Accounts;

/// <summary>Which jobs, receipts or transfers to list; null for all.</summary>
public sealed record JobQuery
{
    /// <summary>Of this account.</summary>
    public string? Account { get; init; }

    /// <summary>With this status; jobs only.</summary>
    public JobStatus? Status { get; init; }

    /// <summary>Not before this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Maximum number of results, the newest first.</summary>
    public int Maximum { get; init; } = 100;
}
