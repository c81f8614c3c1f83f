using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace Spud.Accounts.Databases;

/// <summary>PostgreSQL, version 12 or later, with a pool of connections. The tables are in the first schema of the search path.</summary>
internal sealed class PostgresDatabase : Database
{
    private const string Scheme1 = "postgresql://", Scheme2 = "postgres://";

    private readonly NpgsqlDataSource _source;
    private readonly string _location;

    /// <exception cref="AccountsException">The connection string is malformed.</exception>
    public PostgresDatabase(string connectionString)
    {
        try
        {
            NpgsqlConnectionStringBuilder settings = IsUri(connectionString) ? OfUri(new(connectionString)) : new(connectionString);
            if (settings.MaxAutoPrepare == 0)
                settings.MaxAutoPrepare = 64;

            _location = $"PostgreSQL at {settings.Host}:{settings.Port}, database {settings.Database ?? settings.Username}";
            _source = NpgsqlDataSource.Create(settings);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            throw new AccountsException($"the connection string of PostgreSQL cannot be used: {fault.Message}", fault);
        }
    }

    public override string Location => _location;

    public override IsolationLevel Writing => IsolationLevel.ReadCommitted;

    public override IsolationLevel Reading => IsolationLevel.RepeatableRead;

    public override string ForUpdate => " FOR UPDATE";

    public override string CountTables => "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = @name";

    public override string? MigrationLock => "SELECT pg_advisory_xact_lock(5369684563)";

    /// <summary>Whether this is a connection string rather than a path.</summary>
    public static bool IsConnectionString(string target) => IsUri(target) || target.Replace(" ", "", StringComparison.Ordinal).Contains("Host=", StringComparison.OrdinalIgnoreCase);

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel) => await _source.OpenConnectionAsync(cancel).ConfigureAwait(false);

    public override Task<IDisposable?> EnterWriteAsync(TimeSpan patience, CancellationToken cancel) => Task.FromResult<IDisposable?>(null);

    public override string Translate(string definition) =>
        definition.Replace(" STRICT;", ";", StringComparison.Ordinal).Replace(" INTEGER", " BIGINT", StringComparison.Ordinal);

    public override DatabaseFault? Explain(Exception exception) => exception switch
    {
        // Serialization failure, deadlock, and a row that another transaction inserted first.
        PostgresException { SqlState: "40001" or "40P01" or "23505" } => new(FaultKind.Race, $"{_location}: other transactions were faster too often."),
        PostgresException { SqlState: "57P01" or "57P02" or "57P05" } or NpgsqlException { IsTransient: true } or SocketException or TimeoutException
            => new(FaultKind.Passing, $"{_location} does not answer: {exception.Message}"),
        NpgsqlException => new(FaultKind.Lasting, $"{_location} cannot be used: {exception.Message}"),
        _ => null,
    };

    public override void Dispose() => _source.Dispose();

    private static bool IsUri(string target) => target.StartsWith(Scheme1, StringComparison.Ordinal) || target.StartsWith(Scheme2, StringComparison.Ordinal);

    private static NpgsqlConnectionStringBuilder OfUri(Uri uri)
    {
        string[] user = uri.UserInfo.Split(':', 2);
        NpgsqlConnectionStringBuilder settings = new() { Host = uri.Host, Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
        if (uri.Port > 0)
            settings.Port = uri.Port;
        if (user[0].Length > 0)
            settings.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            settings.Password = Uri.UnescapeDataString(user[1]);
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            settings[parts[0] == "sslmode" ? "SSL Mode" : parts[0]] = Uri.UnescapeDataString(parts[^1]);
        }

        return settings;
    }
}
