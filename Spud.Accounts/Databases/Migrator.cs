namespace Spud.Accounts.Databases;

/// <summary>Brings a database to the current version.</summary>
/// <param name="database">The database.</param>
/// <param name="migrations">All migrations.</param>
internal sealed class Migrator(Database database, IReadOnlyList<string> migrations)
{
    private const string Table = "spud_accounts";

    /// <summary>Runs the migrations that are missing, all in the session's transaction.</summary>
    /// <returns>The version that was found; 0 for an empty database.</returns>
    /// <exception cref="AccountsException">The database is of a newer version, and was not changed.</exception>
    public async Task<long> RunAsync(Session session)
    {
        if (database.MigrationLock is { } migrationLock)
            await session.OneAsync(static _ => true, migrationLock).ConfigureAwait(false);

        bool isNew = await session.NumberAsync(database.CountTables, ("@name", Table)).ConfigureAwait(false) == 0;
        if (isNew && await session.NumberAsync(database.CountTables, ("@name", "account")).ConfigureAwait(false) > 0)
            throw new AccountsException($"{database.Location} has a table 'account' that is not Spud's, so nothing is touched. Name another database or schema.");

        long version = isNew ? 0 : await session.NumberAsync($"SELECT version FROM {Table}").ConfigureAwait(false);
        if (version > migrations.Count)
            throw new AccountsException($"{database.Location} was written by a newer version of Spud (format {version}, expected at most {migrations.Count}), so it is not touched. Update Spud, or name another database.");

        foreach (string migration in migrations.Skip((int)version))
            await session.DoAsync(database.Translate(migration)).ConfigureAwait(false);

        if (isNew)
            await session.DoAsync(database.Translate($"CREATE TABLE {Table}(version INTEGER NOT NULL) STRICT;")).ConfigureAwait(false);
        if (version < migrations.Count)
            await session.DoAsync(isNew ? $"INSERT INTO {Table}(version) VALUES (@version)" : $"UPDATE {Table} SET version = @version", ("@version", migrations.Count)).ConfigureAwait(false);

        return version;
    }
}
