using System.Data;
using System.Data.Common;

namespace Spud.Accounts.Databases;

/// <summary>A database: what SQLite and PostgreSQL do differently. The SQL of operations is the same for both.</summary>
internal abstract class Database : IDisposable
{
    /// <summary>Where it is, for messages; without a password.</summary>
    public abstract string Location { get; }

    /// <summary>Isolation of a transaction that changes something; it locks the rows that it is going to change.</summary>
    public abstract IsolationLevel Writing { get; }

    /// <summary>Isolation of a transaction that reads several tables as they are at one moment.</summary>
    public abstract IsolationLevel Reading { get; }

    /// <summary>At the end of a SELECT: locks its rows until the transaction ends.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Number of tables with a name; "@name" is the parameter.</summary>
    public abstract string CountTables { get; }

    /// <summary>Keeps other programs from migrating at the same time; null if a transaction does.</summary>
    public abstract string? MigrationLock { get; }

    /// <summary>Opens a connection, or takes one from the pool.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    /// <summary>Waits for the turn to write, where only one may.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="TimeoutException">The turn did not come.</exception>
    public abstract Task<IDisposable?> EnterWriteAsync(TimeSpan patience, CancellationToken cancel);

    /// <summary>Translates the definition of tables.</summary>
    public abstract string Translate(string definition);

    /// <summary>Says what a failure of the database means; null if it is none.</summary>
    public abstract DatabaseFault? Explain(Exception exception);

    /// <summary>Prepares the database before tables are read or made.</summary>
    public virtual Task PrepareAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Opens a database.</summary>
    /// <param name="target">Path of a SQLite file, or a connection string of PostgreSQL ("Host=…" or "postgresql://…").</param>
    /// <param name="create">Whether to create a missing file.</param>
    public static Database Of(string target, bool create) =>
        PostgresDatabase.IsConnectionString(target) ? new PostgresDatabase(target) : new SqliteDatabase(Path.GetFullPath(target), create);
}

/// <summary>A failure of the database.</summary>
/// <param name="Kind">What can be done about it.</param>
/// <param name="Message">In one sentence.</param>
internal readonly record struct DatabaseFault(FaultKind Kind, string Message);

/// <summary>What can be done about a failure.</summary>
internal enum FaultKind
{
    /// <summary>Another transaction was faster: repeat this one.</summary>
    Race,

    /// <summary>Repeat it later.</summary>
    Passing,

    /// <summary>Nothing, until somebody repairs it.</summary>
    Lasting,
}
