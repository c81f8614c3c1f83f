using Spud.Accounts.Databases;
using Spud.Metering;

namespace Spud.Accounts;

public sealed partial class AccountStore
{
    private const int MaxDecimals = 9;
    private const string PriceListColumns = "name, version, currency, added, applies, json";

    /// <summary>Adds a version of a price list. Adding the same one again changes nothing.</summary>
    /// <param name="json">The file.</param>
    /// <param name="applies">Whether it applies to new jobs in its currency from now on.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="Configuration.ConfigurationException">Contains all faults of the file.</exception>
    /// <exception cref="AccountsException">This version exists with another content, or it has more decimals than the books.</exception>
    public Task<StoredPriceList> AddPriceListAsync(string json, bool applies = true, CancellationToken cancel = default)
    {
        PriceList prices = PriceList.Parse(json);
        if (prices.Decimals > MaxDecimals)
            throw new AccountsException($"price list '{prices.Name}' {prices.Version} rounds totals to {prices.Decimals} decimals; accounts hold at most {MaxDecimals}. Lower 'decimals'.");

        return WriteAsync(async session =>
        {
            await session.DoAsync(
                "INSERT INTO price_list(name, version, currency, json, added, applies) VALUES (@name, @version, @currency, @json, @added, 0) ON CONFLICT DO NOTHING",
                ("@name", prices.Name), ("@version", prices.Version), ("@currency", prices.Currency), ("@json", json), ("@added", Now)).ConfigureAwait(false);
            StoredPriceList stored = await PriceListAsync(session, prices.Name, prices.Version).ConfigureAwait(false);
            if (stored.Json != json)
                throw new AccountsException($"price list '{prices.Name}' {prices.Version} is already there with another content. A version never changes: give the new one another version.");

            return applies ? await ApplyAsync(session, stored).ConfigureAwait(false) : stored;
        }, cancel);
    }

    /// <summary>Makes a version of a price list apply to new jobs in its currency.</summary>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    public Task<StoredPriceList> ApplyPriceListAsync(string name, string version, CancellationToken cancel = default) =>
        WriteAsync(async session => await ApplyAsync(session, await PriceListAsync(session, name, version).ConfigureAwait(false)).ConfigureAwait(false), cancel);

    /// <summary>All price lists, the newest first.</summary>
    public Task<List<StoredPriceList>> PriceListsAsync(CancellationToken cancel = default) =>
        ReadAsync(session => session.AllAsync(PriceListOf, $"SELECT {PriceListColumns} FROM price_list ORDER BY added DESC, name, version"), cancel);

    /// <summary>The price list that applies to new jobs in a currency; null if none does.</summary>
    public Task<StoredPriceList?> CurrentPricesAsync(string currency, CancellationToken cancel = default) => ReadAsync(
        session => session.OneAsync(PriceListOf, $"SELECT {PriceListColumns} FROM price_list WHERE currency = @currency AND applies = 1", ("@currency", currency)), cancel);

    private static async Task<StoredPriceList> ApplyAsync(Session session, StoredPriceList list)
    {
        await session.DoAsync("UPDATE price_list SET applies = 0 WHERE currency = @currency AND applies = 1", ("@currency", list.Currency)).ConfigureAwait(false);
        await session.DoAsync("UPDATE price_list SET applies = 1 WHERE name = @name AND version = @version", ("@name", list.Name), ("@version", list.Version)).ConfigureAwait(false);
        return list with { Applies = true };
    }

    private static async Task<StoredPriceList> PriceListAsync(Session session, string name, string version) =>
        await session.OneAsync(PriceListOf, $"SELECT {PriceListColumns} FROM price_list WHERE name = @name AND version = @version", ("@name", name), ("@version", version)).ConfigureAwait(false)
        ?? throw new NotFoundException($"there is no price list '{name}' {version}.");

    private static StoredPriceList PriceListOf(Row row) => new(row.Text(), row.Text(), row.Text(), Units.Time(row.Number()), row.Flag(), row.Text());
}
