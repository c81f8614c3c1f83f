using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Spud.Accounts.Databases;

namespace Spud.Accounts;

/// <summary>
/// Accounts, keys, price lists, jobs and receipts in a database. Every operation is one transaction, and may be repeated: whatever is killed
/// when, a job is submitted once, charged once, and has one receipt. Any number of threads, processes and machines may use the same database.
/// </summary>
public sealed partial class AccountStore : IDisposable
{
    private const int MaxRaces = 50;
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(2), s_shortestTurn = TimeSpan.FromSeconds(1);

    private readonly AccountStoreOptions _options;
    private readonly Database _database;

    private AccountStore(AccountStoreOptions options, Database database) => (_options, _database) = (options, database);

    /// <summary>Where the database is, for messages; without a password.</summary>
    public string Location => _database.Location;

    private TimeProvider Clock => _options.Clock;

    private long Now => Units.Time(Clock.GetUtcNow());

    /// <summary>Opens a database, and brings its tables to the current version.</summary>
    /// <exception cref="DatabaseUnavailableException">It does not answer.</exception>
    /// <exception cref="AccountsException">It is damaged, not ours, or of a newer version of Spud; it was not changed.</exception>
    public static Task<AccountStore> OpenAsync(AccountStoreOptions options, CancellationToken cancel = default) => OpenAsync(options, Migrations.All, cancel);

    internal static async Task<AccountStore> OpenAsync(AccountStoreOptions options, IReadOnlyList<string> migrations, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        AccountStore store = new(options, Database.Of(options.Database, options.Create));
        try
        {
            await store.PatientlyAsync(left => store.PrepareAsync(migrations, left, cancel), options.Patience, cancel).ConfigureAwait(false);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private async Task<long> PrepareAsync(IReadOnlyList<string> migrations, TimeSpan patience, CancellationToken cancel)
    {
        await _database.PrepareAsync(cancel).ConfigureAwait(false);
        Migrator migrator = new(_database, migrations);

        // Opening a database that is in use does not wait for those who write.
        return await TransactAsync(migrator.IsCurrentAsync, writes: false, patience, cancel).ConfigureAwait(false)
            ? migrations.Count : await TransactAsync(migrator.RunAsync, writes: true, patience, cancel).ConfigureAwait(false);
    }

    private Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => PatientlyAsync(left => TransactAsync(work, writes: true, left, cancel), _options.Patience, cancel);

    private Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => PatientlyAsync(left => TransactAsync(work, writes: false, left, cancel), _options.Patience, cancel);

    private async Task<T> TransactAsync<T>(Func<Session, Task<T>> work, bool writes, TimeSpan patience, CancellationToken cancel)
    {
        using IDisposable? turn = writes ? await _database.EnterWriteAsync(patience, cancel).ConfigureAwait(false) : null;
        await using DbConnection connection = await _database.OpenAsync(cancel).ConfigureAwait(false);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(writes ? _database.Writing : _database.Reading, cancel).ConfigureAwait(false);
        T result = await work(new(connection, transaction, _database.ForUpdate, cancel)).ConfigureAwait(false);

        // Not cancelled half way: what was decided is said.
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    // A transaction whose commit was interrupted may have happened: every operation finds that out when it is repeated.
    private async Task<T> PatientlyAsync<T>(Func<TimeSpan, Task<T>> operation, TimeSpan patience, CancellationToken cancel)
    {
        long begun = Clock.GetTimestamp();
        for (int attempt = 1, races = 0; ; attempt++)
        {
            DatabaseFault fault;
            Exception cause;
            try
            {
                return await operation(Left(patience, begun)).ConfigureAwait(false);
            }
            catch (Exception exception) when (_database.Explain(exception) is { } explained)
            {
                (fault, cause) = (explained, exception);
            }

            if (fault.Kind == FaultKind.Race && ++races > MaxRaces || fault.Kind == FaultKind.Lasting)
                throw new AccountsException(fault.Message, cause);
            if (fault.Kind == FaultKind.Passing && patience != Timeout.InfiniteTimeSpan && Clock.GetElapsedTime(begun) >= patience)
                throw new DatabaseUnavailableException($"{fault.Message} Try again later.", cause);

            await Task.Delay(Delay(fault.Kind == FaultKind.Race ? races : attempt), Clock, cancel).ConfigureAwait(false);
        }
    }

    // Every attempt waits a second for its turn to write, however little patience is left: others only need milliseconds, unless the database is locked.
    private TimeSpan Left(TimeSpan patience, long begun)
    {
        TimeSpan left = patience - Clock.GetElapsedTime(begun);
        return patience == Timeout.InfiniteTimeSpan ? patience : left > s_shortestTurn ? left : s_shortestTurn;
    }

    // Doubles, and is random, so that two that were in each other's way do not meet again.
    [SuppressMessage("Security", "CA5394", Justification = "a delay is no secret")]
    private static TimeSpan Delay(int attempt) =>
        TimeSpan.FromMilliseconds(Math.Min(s_longestDelay.TotalMilliseconds, (1 << Math.Min(attempt, 12)) * (0.5 + Random.Shared.NextDouble())));
}
