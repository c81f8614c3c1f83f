namespace Spud.Accounts.Databases;

/// <summary>Brings a database to the current version.</summary>
/// <param name="database">The database.</param>
/// <param name="migrations">All migrations.</param>
internal sealed class Migrator(Database database, IReadOnlyList<string> migrations)
{
    private const string Table = "spud_accounts";

    /// <summary>Whether nothing is to be done.</summary>
    /// <exception cref="AccountsException">The database is of a newer version, or not ours.</exception>
    public async Task<bool> IsCurrentAsync(Session session) => await VersionAsync(session).ConfigureAwait(false) == migrations.Count;

    /// <summary>Runs the migrations that are missing, all in the session's transaction.</summary>
    /// <returns>The version that was found; 0 for an empty database.</returns>
    /// <exception cref="AccountsException">The database is of a newer version, or not ours; it was not changed.</exception>
    public async Task<long> RunAsync(Session session)
    {
        if (database.MigrationLock is { } migrationLock)
            await session.OneAsync(static _ => true, migrationLock).ConfigureAwait(false);

        // Another program may have been faster.
        long version = await VersionAsync(session).ConfigureAwait(false);
        foreach (string migration in migrations.Skip((int)version))
            await session.DoAsync(database.Translate(migration)).ConfigureAwait(false);

        if (version == 0)
            await session.DoAsync(database.Translate($"CREATE TABLE {Table}(version INTEGER NOT NULL) STRICT;")).ConfigureAwait(false);
        if (version < migrations.Count)
            await session.DoAsync(version == 0 ? $"INSERT INTO {Table}(version) VALUES (@version)" : $"UPDATE {Table} SET version = @version", ("@version", migrations.Count)).ConfigureAwait(false);

        return version;
    }

    private async Task<long> VersionAsync(Session session)
    {
        if (await HasAsync(session, Table).ConfigureAwait(false))
        {
            long version = await session.NumberAsync($"SELECT version FROM {Table}").ConfigureAwait(false);
            return version <= migrations.Count ? version
                : throw new AccountsException($"{database.Location} was written by a newer version of Spud (format {version}, expected at most {migrations.Count}), so it is not touched. Update Spud, or name another database.");
        }

        return await HasAsync(session, "account").ConfigureAwait(false)
            ? throw new AccountsException($"{database.Location} has a table 'account' that is not Spud's, so nothing is touched. Name another database or schema.") : 0;
    }

    private async Task<bool> HasAsync(Session session, string table) => await session.NumberAsync(database.CountTables, ("@name", table)).ConfigureAwait(false) > 0;
}
