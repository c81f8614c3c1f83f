using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Spud.Host.Repl.Storage;

/// <summary>The database of saved conversations: opened, checked and migrated to the current version.</summary>
internal static class ConversationDatabase
{
    /// <summary>Version of the tables.</summary>
    public const int Version = 2;

    // "Spud", so that another program's file is not mistaken for ours.
    private const int ApplicationId = 0x53707564;
    private const int PatienceSeconds = 2;
    private const int Corrupt = 11, NotADatabase = 26, Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Full = 13, CannotOpen = 14;

    private const string Tables = """
        CREATE TABLE conversation(
            id INTEGER PRIMARY KEY, name TEXT UNIQUE, system TEXT, begun TEXT NOT NULL, changed TEXT NOT NULL) STRICT;
        CREATE TABLE pipeline(id TEXT PRIMARY KEY, summary TEXT NOT NULL, json TEXT NOT NULL, source TEXT) STRICT;
        CREATE TABLE turn(
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            replaced TEXT,
            question TEXT NOT NULL, answer TEXT NOT NULL, reasoning TEXT, tool_calls TEXT,
            pipeline TEXT NOT NULL REFERENCES pipeline(id),
            mixed INTEGER NOT NULL, asked TEXT NOT NULL, finish TEXT NOT NULL, seed TEXT NOT NULL,
            prompt_tokens INTEGER NOT NULL, reused_tokens INTEGER NOT NULL, generated_tokens INTEGER NOT NULL,
            first_token_ms REAL NOT NULL, decode_ms REAL NOT NULL,
            shared_ids INTEGER NOT NULL, new_ids BLOB NOT NULL, tokens TEXT NOT NULL, receipt TEXT) STRICT;
        CREATE INDEX turn_of ON turn(conversation, number);
        """;

    /// <summary>Opens the file, or creates it, readable only by the user. A damaged file is renamed and kept.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="create">Whether to create a missing file.</param>
    /// <param name="note">Receives the new name of a damaged file.</param>
    /// <exception cref="StoreException">The file cannot be used; it was not changed.</exception>
    public static SqliteConnection Open(string path, bool create, Action<string> note)
    {
        try
        {
            if (create)
                Create(path);
            else if (!File.Exists(path))
                throw new StoreException($"{path}: there are no saved conversations yet.");

            return OpenChecked(path);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is Corrupt or NotADatabase)
        {
            note($"{path} is damaged. It was renamed to {KeepAside(path)}, and a new file is begun.");
            Create(path);
            return OpenChecked(path);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Explain(path, fault);
        }
    }

    /// <summary>Opens a database in memory that ends with its connection.</summary>
    public static SqliteConnection OpenInMemory()
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = ":memory:", Pooling = false, DefaultTimeout = PatienceSeconds, ForeignKeys = true }.ToString());
        connection.Open();
        Make(connection);
        return connection;
    }

    /// <summary>What went wrong, in one sentence.</summary>
    public static StoreException Explain(string path, Exception fault) => fault switch
    {
        SqliteException { SqliteErrorCode: Busy or Locked } => new($"{path} is locked by another program. The conversation is saved as soon as it is free.", fault) { IsPassing = true },
        SqliteException { SqliteErrorCode: Full } => new($"{path} cannot be written, because the disk is full. The conversation is saved as soon as there is room.", fault) { IsPassing = true },
        SqliteException { SqliteErrorCode: InputOutput } => new($"{path} cannot be read or written (disk I/O error). The conversation is saved as soon as that works. Check the disk, and limits of file size (ulimit -f).", fault) { IsPassing = true },
        SqliteException { SqliteErrorCode: ReadOnly or CannotOpen } or UnauthorizedAccessException => new($"{path} cannot be written, so the conversation is not saved. Make the file and its folder writable, set XDG_DATA_HOME to another folder, or use --no-save.", fault),
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => new($"{path} is damaged, so the conversation is not saved. The next start renames the file and begins a new one.", fault),
        _ => new($"{path} cannot be used, so the conversation is not saved: {fault.Message}", fault),
    };

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path))
            return;

        // Its journal gets the same permissions.
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using FileStream made = new(path, options);
    }

    private static SqliteConnection OpenChecked(string path)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = PatienceSeconds, ForeignKeys = true }.ToString());
        try
        {
            connection.Open();
            long version = Number(connection, "PRAGMA user_version"), application = Number(connection, "PRAGMA application_id"), tables = Number(connection, "SELECT count(*) FROM sqlite_schema");
            if (application != ApplicationId && tables > 0)
                throw new StoreException($"{path} is not a file of Spud's conversations, so it is not touched, and the conversation is not saved. Move it away, or use --no-save.");
            if (version > Version)
                throw new StoreException($"{path} was written by a newer version of Spud (format {version}, expected at most {Version}), so it is not touched, and the conversation is not saved. Update Spud, or set XDG_DATA_HOME to another folder.");

            if (tables == 0)
                Make(connection);
            else
                Require(connection);

            if (tables > 0 && version < Version)
                Migrate(connection);

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Make(SqliteConnection connection)
    {
        Do(connection, "PRAGMA journal_mode = WAL");
        Transact(connection, () =>
        {
            // Another process may have been faster.
            if (Number(connection, "SELECT count(*) FROM sqlite_schema") == 0)
                Do(connection, string.Create(CultureInfo.InvariantCulture, $"{Tables} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"));
        });
        Require(connection);
    }

    // Version 2 knows what a pipeline was composed from.
    private static void Migrate(SqliteConnection connection) => Transact(connection, () =>
    {
        // Another process may have been faster.
        if (Number(connection, "PRAGMA user_version") < Version)
            Do(connection, string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE pipeline ADD COLUMN source TEXT; PRAGMA user_version = {Version}"));
    });

    // A truncated file has a header but no pages after it.
    private static void Require(SqliteConnection connection)
    {
        Do(connection, "PRAGMA synchronous = NORMAL");
        if (Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('conversation', 'pipeline', 'turn')") != 3)
            throw new SqliteException("its tables are missing", Corrupt);

        Do(connection, "SELECT * FROM conversation ORDER BY id DESC LIMIT 1; SELECT * FROM turn ORDER BY id DESC LIMIT 1");
    }

    private static string KeepAside(string path)
    {
        string aside = $"{path}.damaged-{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        for (int i = 1; File.Exists(aside); i++)
            aside = $"{path}.damaged-{i}";

        File.Move(path, aside);
        foreach (string journal in new[] { "-wal", "-shm" })
        {
            if (File.Exists(path + journal))
                File.Move(path + journal, aside + journal);
        }

        return aside;
    }

    /// <summary>Runs several statements in one transaction.</summary>
    public static void Transact(SqliteConnection connection, Action work)
    {
        Do(connection, "BEGIN IMMEDIATE");
        try
        {
            work();
            Do(connection, "COMMIT");
        }
        catch
        {
            // A full disk has already ended the transaction.
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
                Do(connection, "ROLLBACK");

            throw;
        }
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = new(sql, connection);
        return (long)command.ExecuteScalar()!;
    }

    private static void Do(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = new(sql, connection);
        using SqliteDataReader reader = command.ExecuteReader();
        do
        {
            while (reader.Read())
            {
                // Read to the end, so that unreadable pages are found here.
            }
        }
        while (reader.NextResult());
    }
}
