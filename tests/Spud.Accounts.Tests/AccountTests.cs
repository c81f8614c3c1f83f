using Spud.Accounts.Crashes;

namespace Spud.Accounts.Tests;

public sealed class AccountTestsOnSqlite() : AccountTests(new SqliteTestDatabase());

public sealed class AccountTestsOnPostgres(PostgresCluster cluster) : AccountTests(new PostgresTestDatabase(cluster));

/// <summary>Accounts, keys and price lists.</summary>
public abstract class AccountTests(TestDatabase database) : IDisposable
{
    private const string Prices = """{ "name": "example", "version": "1", "currency": "EUR", "rates": [ { "perComputeUnit": 0.000004 } ] }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_account_is_created_changed_and_listed()
    {
        using AccountStore store = await database.OpenAsync();
        AccountLimits limits = new() { ComputeUnitsPerRequest = 100, AmountPerMinute = 0.5m, ComputeUnitsPerDay = 1_000_000, AmountPerDay = 0 };
        Account anna = await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR", Weight = 2.5m, Limits = limits }, Cancel);
        Assert.Equal((0m, 0m, 2.5m, true, limits), (anna.Balance, anna.Escrow, anna.Weight, anna.Enabled, anna.Limits));

        Account changed = await store.ChangeAccountAsync("anna", account => account with { Enabled = false, Limits = account.Limits with { ComputeUnitsPerRequest = null, AmountPerRequest = 3 } }, Cancel);
        Assert.Equal((2.5m, false, limits with { ComputeUnitsPerRequest = null, AmountPerRequest = 3 }), (changed.Weight, changed.Enabled, changed.Limits));
        await store.AddAccountAsync(new() { Name = "a.2", Currency = "USD" }, Cancel);
        Assert.Equal(["a.2", "anna"], (await store.AccountsAsync(Cancel)).Select(account => account.Name));
        Assert.Equal(changed, await store.FindAccountAsync("anna", Cancel));
        Assert.Null(await store.FindAccountAsync("nobody", Cancel));
    }

    [Theory]
    [InlineData("Anna", "EUR", 1)]
    [InlineData("", "EUR", 1)]
    [InlineData("-a", "EUR", 1)]
    [InlineData("a b", "EUR", 1)]
    [InlineData("a\n", "EUR", 1)]
    [InlineData("anna", "eur", 1)]
    [InlineData("anna", "EUR", 0)]
    [InlineData("anna", "EUR", -1)]
    public async Task An_account_that_makes_no_sense_is_refused(string name, string currency, int weight)
    {
        using AccountStore store = await database.OpenAsync();
        await Assert.ThrowsAsync<AccountsException>(() => store.AddAccountAsync(new() { Name = name, Currency = currency, Weight = weight }, Cancel));
        Assert.Empty(await store.AccountsAsync(Cancel));
    }

    [Fact]
    public async Task An_account_has_one_name_and_one_currency()
    {
        using AccountStore store = await database.OpenAsync();
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        Assert.Contains("already", (await Assert.ThrowsAsync<AccountsException>(() => store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel))).Message);
        await Assert.ThrowsAsync<AccountsException>(() => store.ChangeAccountAsync("anna", account => account with { Currency = "USD" }, Cancel));
        await Assert.ThrowsAsync<AccountsException>(() => store.ChangeAccountAsync("anna", account => account with { Balance = 5 }, Cancel));
        await Assert.ThrowsAsync<NotFoundException>(() => store.ChangeAccountAsync("bert", account => account, Cancel));
    }

    [Fact]
    public async Task Deposits_and_withdrawals_are_transfers_and_never_leave_a_negative_balance()
    {
        using AccountStore store = await database.OpenAsync();
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        await store.DepositAsync("anna", 10, "invoice 7", Cancel);
        Assert.Equal(6.999999999m, (await store.WithdrawAsync("anna", 3.000000001m, null, Cancel)).Balance);
        await Assert.ThrowsAsync<AccountsException>(() => store.WithdrawAsync("anna", 7, null, Cancel));
        foreach (decimal amount in new[] { 0m, -1m, 0.0000000001m, 1_000_000_001m })
            await Assert.ThrowsAsync<AccountsException>(() => store.DepositAsync("anna", amount, null, Cancel));
        await Assert.ThrowsAsync<NotFoundException>(() => store.DepositAsync("bert", 1, null, Cancel));

        List<Transfer> transfers = await store.TransfersAsync(new() { Account = "anna" }, Cancel);
        Assert.Equivalent(
            new[] { (LedgerSide.Outside, LedgerSide.Balance, 10m, "invoice 7"), (LedgerSide.Balance, LedgerSide.Outside, 3.000000001m, null) },
            transfers.Select(transfer => (transfer.From, transfer.To, transfer.Amount, transfer.Note)));
        Audit audit = await store.AuditAsync(Cancel);
        Assert.Empty(audit.Faults);
        Assert.Equal(new Books("EUR", 6.999999999m, 6.999999999m, 0, 0, 0), Assert.Single(audit.Books));
    }

    [Fact]
    public async Task A_key_is_known_by_its_secret_until_it_is_revoked()
    {
        ManualClock clock = new();
        using AccountStore store = await database.OpenAsync(clock);
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
        CreatedKey created = await store.AddKeyAsync("anna", "laptop", Cancel), other = await store.AddKeyAsync("anna", "server", Cancel);
        Assert.Equal("anna", (await store.AuthenticateAsync(created.Secret, Cancel))?.Account.Name);
        Assert.Equal(clock.Now, (await store.KeysAsync("anna", Cancel)).Single(key => key.Id == created.Key.Id).LastUsed);

        // An id with the secret of another key, and texts that are no keys.
        string swapped = created.Secret[..18] + other.Secret[18..];
        foreach (string wrong in new[] { swapped, created.Secret[..^1], created.Secret + "0", created.Secret.ToUpperInvariant(), "", "spud-", new string('ä', 82), created.Key.Id })
            Assert.Null(await store.AuthenticateAsync(wrong, Cancel));

        await store.RevokeKeyAsync(created.Key.Id, Cancel);
        Assert.Null(await store.AuthenticateAsync(created.Secret, Cancel));
        Assert.NotNull(await store.AuthenticateAsync(other.Secret, Cancel));
        await Assert.ThrowsAsync<NotFoundException>(() => store.RevokeKeyAsync("000000000000", Cancel));
        await Assert.ThrowsAsync<NotFoundException>(() => store.AddKeyAsync("bert", "laptop", Cancel));
    }

    [Fact]
    public async Task A_version_of_a_price_list_never_changes()
    {
        using AccountStore store = await database.OpenAsync();
        await store.AddPriceListAsync(Prices, cancel: Cancel);
        await store.AddPriceListAsync(Prices, cancel: Cancel);
        Assert.Contains("never changes", (await Assert.ThrowsAsync<AccountsException>(() => store.AddPriceListAsync(Prices.Replace("0.000004", "0.000005", StringComparison.Ordinal), cancel: Cancel))).Message);

        StoredPriceList second = await store.AddPriceListAsync(Prices.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), applies: false, Cancel);
        Assert.False(second.Applies);
        Assert.Equal("1", (await store.CurrentPricesAsync("EUR", Cancel))?.Version);
        await store.ApplyPriceListAsync("example", "2", Cancel);
        Assert.Equal("2", (await store.CurrentPricesAsync("EUR", Cancel))?.Prices.Version);
        Assert.Single(await store.PriceListsAsync(Cancel), list => list.Applies);
        Assert.Null(await store.CurrentPricesAsync("USD", Cancel));
        await Assert.ThrowsAsync<NotFoundException>(() => store.ApplyPriceListAsync("example", "3", Cancel));
    }

    [Fact]
    public async Task A_price_list_that_is_finer_than_the_books_is_refused()
    {
        using AccountStore store = await database.OpenAsync();
        await Assert.ThrowsAsync<AccountsException>(() => store.AddPriceListAsync(Prices.Replace("\"currency\"", "\"decimals\": 10, \"currency\"", StringComparison.Ordinal), cancel: Cancel));
    }
}
