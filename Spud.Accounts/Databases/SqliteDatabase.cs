using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Spud.Accounts.Databases;

/// <summary>One file, in WAL mode. A commit is on the disk when it returns.</summary>
internal sealed class SqliteDatabase : Database
{
    // "Spuc": not the id of saved conversations.
    private const long ApplicationId = 0x53707563;
    private const int Corrupt = 11, NotADatabase = 26, Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Full = 13, CannotOpen = 14;

    private readonly string _path;
    private readonly bool _create;
    private readonly string _connection;

    // Threads of this process queue here; SQLite itself would have them poll.
    private readonly SemaphoreSlim _writer = new(1);

    public SqliteDatabase(string path, bool create)
    {
        (_path, _create) = (path, create);
        _connection = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, ForeignKeys = true, DefaultTimeout = 1 }.ToString();
    }

    public override string Location => _path;

    public override IsolationLevel Writing => IsolationLevel.Serializable;

    // The provider's word for BEGIN DEFERRED; without a shared cache that is a snapshot, like all of SQLite's transactions.
    public override IsolationLevel Reading => IsolationLevel.ReadUncommitted;

    // A transaction that writes has locked everything from its beginning (BEGIN IMMEDIATE).
    public override string ForUpdate => "";

    public override string CountTables => "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = @name";

    public override string? MigrationLock => null;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        // A pooled connection would go on writing into a deleted file.
        if (!File.Exists(_path))
            throw new FileNotFoundException(null, _path);

        SqliteConnection connection = new(_connection);
        try
        {
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            await DoAsync(connection, "PRAGMA busy_timeout = 500", cancel).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // While the file is locked each turn lasts as long as SQLite polls: whoever gives up after a time must not wait for all before it first.
    public override async Task<IDisposable?> EnterWriteAsync(TimeSpan patience, CancellationToken cancel)
    {
        return await _writer.WaitAsync(patience, cancel).ConfigureAwait(false)
            ? new Turn(_writer)
            : throw new TimeoutException($"no turn to write within {patience.TotalSeconds:0} s");
    }

    public override string Translate(string definition) => definition;

    public override async Task PrepareAsync(CancellationToken cancel)
    {
        if (_create)
            Create();
        else if (!File.Exists(_path))
            throw new AccountsException($"{_path} does not exist: there are no accounts yet. 'spud accounts add' makes the first.");

        await using DbConnection connection = await OpenAsync(cancel).ConfigureAwait(false);
        long application = await NumberAsync(connection, "PRAGMA application_id", cancel).ConfigureAwait(false);
        if (application == ApplicationId)
            return;
        if (application != 0 || await NumberAsync(connection, "SELECT count(*) FROM sqlite_schema", cancel).ConfigureAwait(false) > 0)
            throw new AccountsException($"{_path} is not a file of Spud's accounts, so it is not touched. Name another file.");

        await DoAsync(connection, "PRAGMA journal_mode = WAL", cancel).ConfigureAwait(false);
        await DoAsync(connection, $"PRAGMA application_id = {ApplicationId}", cancel).ConfigureAwait(false);
    }

    public override DatabaseFault? Explain(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: Busy or Locked } => new(FaultKind.Passing, $"{_path} is locked by another program."),
        TimeoutException => new(FaultKind.Passing, $"{_path} is busy: too many operations wait to write."),
        SqliteException { SqliteErrorCode: Full } => new(FaultKind.Passing, $"{_path} cannot be written, because the disk is full."),
        SqliteException { SqliteErrorCode: InputOutput } => new(FaultKind.Passing, $"{_path} cannot be read or written (disk I/O error). Check the disk, and limits of file size (ulimit -f)."),
        FileNotFoundException or DirectoryNotFoundException => new(FaultKind.Passing, $"{_path} does not exist."),
        SqliteException { SqliteErrorCode: ReadOnly or CannotOpen } or UnauthorizedAccessException => new(FaultKind.Lasting, $"{_path} cannot be written. Make the file and its folder writable for this user."),
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => new(FaultKind.Lasting, $"{_path} is damaged. It is not touched: restore it from a backup, or move it away to begin new accounts."),
        SqliteException or IOException => new(FaultKind.Lasting, $"{_path} cannot be used: {exception.Message}"),
        _ => null,
    };

    public override void Dispose()
    {
        using SqliteConnection connection = new(_connection);
        SqliteConnection.ClearPool(connection);
        _writer.Dispose();
    }

    // Readable only by the user; the journal gets the same permissions.
    private void Create()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        if (File.Exists(_path))
            return;

        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using FileStream made = new(_path, options);
    }

    private static async Task<long> NumberAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
    }

    private static async Task DoAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}
