using Spud.Accounts.Databases;

namespace Spud.Accounts;

public sealed partial class AccountStore
{
    private const string KeyColumns = "id, account, name, created, last_used, revoked";
    private const long Minute = 60_000_000, Day = 1440 * Minute;

    /// <summary>Creates an API key. Its secret cannot be shown again.</summary>
    /// <param name="account">The account that pays.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="NotFoundException">There is no such account.</exception>
    public Task<CreatedKey> AddKeyAsync(string account, string name, CancellationToken cancel = default)
    {
        (string id, string secret) = KeySecret.Create();
        return WriteAsync(async session =>
        {
            await AccountAsync(session, account).ConfigureAwait(false);
            await session.DoAsync(
                "INSERT INTO api_key(id, account, name, hash, created) VALUES (@id, @account, @name, @hash, @created) ON CONFLICT DO NOTHING",
                ("@id", id), ("@account", account), ("@name", name), ("@hash", KeySecret.HashOf(secret)), ("@created", Now)).ConfigureAwait(false);
            return new CreatedKey((await session.OneAsync(KeyOf, $"SELECT {KeyColumns} FROM api_key WHERE id = @id", ("@id", id)).ConfigureAwait(false))!, secret);
        }, cancel);
    }

    /// <summary>The keys of an account, the oldest first; revoked ones too.</summary>
    public Task<List<ApiKey>> KeysAsync(string account, CancellationToken cancel = default) =>
        ReadAsync(session => session.AllAsync(KeyOf, $"SELECT {KeyColumns} FROM api_key WHERE account = @account ORDER BY created, id", ("@account", account)), cancel);

    /// <summary>Revokes a key, for good.</summary>
    /// <param name="id">Its id, or the whole key.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="NotFoundException">There is no such key.</exception>
    public Task<ApiKey> RevokeKeyAsync(string id, CancellationToken cancel = default) => WriteAsync(async session =>
    {
        string known = KeySecret.IdOf(id) ?? id;
        await session.DoAsync("UPDATE api_key SET revoked = @now WHERE id = @id AND revoked IS NULL", ("@now", Now), ("@id", known)).ConfigureAwait(false);
        return await session.OneAsync(KeyOf, $"SELECT {KeyColumns} FROM api_key WHERE id = @id", ("@id", known)).ConfigureAwait(false)
            ?? throw new NotFoundException($"there is no key '{known}'.");
    }, cancel);

    /// <summary>Whose key this is; null if there is no such key or it was revoked. A disabled account is returned: it may look, but submit nothing.</summary>
    /// <param name="key">What a client sent.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<Authenticated?> AuthenticateAsync(string key, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (KeySecret.IdOf(key) is not { } id)
            return null;

        (ApiKey Key, string Hash, Account Account)? found = await ReadAsync(session => session.OneAsync(
            static row => ((ApiKey, string, Account)?)(KeyOf(row), row.Text(), AccountOf(row)),
            $"SELECT {Of("api_key", KeyColumns)}, api_key.hash, {Of("account", AccountColumns)} FROM api_key JOIN account ON account.name = api_key.account WHERE api_key.id = @id",
            ("@id", id)), cancel).ConfigureAwait(false);
        if (!KeySecret.Matches(key, found?.Hash) || found is not { Key.Revoked: null } valid)
            return null;

        await NoteUseAsync(valid.Key, cancel).ConfigureAwait(false);
        return new(valid.Key, valid.Account);
    }

    // To the minute, so that a busy key does not write for every request.
    private async Task NoteUseAsync(ApiKey key, CancellationToken cancel)
    {
        long now = Now;
        if (key.LastUsed is { } last && now - Units.Time(last) < Minute)
            return;

        await WriteAsync(session => session.DoAsync("UPDATE api_key SET last_used = @now WHERE id = @id", ("@now", now), ("@id", key.Id)), cancel).ConfigureAwait(false);
    }

    private static string Of(string table, string columns) => string.Join(", ", columns.Split(", ").Select(column => $"{table}.{column}"));

    private static ApiKey KeyOf(Row row) => new(row.Text(), row.Text(), row.Text(), Units.Time(row.Number()), TimeOrNull(row.NumberOrNull()), TimeOrNull(row.NumberOrNull()));

    private static DateTimeOffset? TimeOrNull(long? microseconds) => microseconds is { } known ? Units.Time(known) : null;
}
