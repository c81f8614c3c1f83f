namespace Spud.Accounts;

/// <summary>Where accounts are, and how patient the store is.</summary>
public sealed record AccountStoreOptions
{
    /// <summary>Path of a SQLite file, or a connection string of PostgreSQL ("Host=…" or "postgresql://user:password@host/database").</summary>
    public required string Database { get; init; }

    /// <summary>Whether to create a missing SQLite file.</summary>
    public bool Create { get; init; } = true;

    /// <summary>How long an operation waits for a database that does not answer, before it throws <see cref="DatabaseUnavailableException"/>.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for the start and the end of a job, whose work and receipt would be lost: without limit by default, until it is cancelled.</summary>
    public TimeSpan PatienceAtJobs { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a server's jobs are its own after it was last heard of.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// The user's own file, <c>accounts.db</c> in <c>$XDG_DATA_HOME/spud</c> or <c>~/.local/share/spud</c>, whether or not it exists; null if the
    /// user has no such folder.
    /// </summary>
    public static string? DefaultFile =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data
            ? Path.Combine(data, "spud", "accounts.db") : null;
}
