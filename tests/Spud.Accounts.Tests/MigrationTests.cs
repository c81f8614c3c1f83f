using Spud.Accounts.Crashes;
using Spud.Accounts.Databases;

namespace Spud.Accounts.Tests;

public sealed class MigrationTestsOnSqlite() : MigrationTests(new SqliteTestDatabase());

public sealed class MigrationTestsOnPostgres(PostgresCluster cluster) : MigrationTests(new PostgresTestDatabase(cluster));

/// <summary>Databases of earlier and later versions.</summary>
public abstract class MigrationTests(TestDatabase database) : IDisposable
{
    // A next version, so that there is always an earlier one.
    private static readonly string[] s_next = [.. Migrations.All, "ALTER TABLE account ADD COLUMN color TEXT; CREATE TABLE color(name TEXT PRIMARY KEY) STRICT;"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<int> EarlierVersions => [.. Enumerable.Range(0, s_next.Length)];

    [Theory]
    [MemberData(nameof(EarlierVersions))]
    public async Task An_earlier_version_is_brought_up_with_everything_in_it(int version)
    {
        if (version > 0)
        {
            using AccountStore old = await OpenAsync(s_next[..version]);
            await old.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);
            await old.DepositAsync("anna", 7, null, Cancel);
        }

        using AccountStore store = await OpenAsync(s_next);
        Assert.Equal(version == 0 ? null : 7, (await store.FindAccountAsync("anna", Cancel))?.Balance);
        Assert.Empty((await store.AuditAsync(Cancel)).Faults);
    }

    [Fact]
    public async Task A_newer_version_is_refused_and_left_as_it_is()
    {
        using (AccountStore newer = await OpenAsync(s_next))
            await newer.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);

        Assert.Contains("newer version", (await Assert.ThrowsAsync<AccountsException>(() => OpenAsync(Migrations.All))).Message);
        using AccountStore again = await OpenAsync(s_next);
        Assert.Single(await again.AccountsAsync(Cancel));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_version_before()
    {
        using (AccountStore old = await OpenAsync(Migrations.All))
            await old.AddAccountAsync(new() { Name = "anna", Currency = "EUR" }, Cancel);

        await Assert.ThrowsAsync<AccountsException>(() => OpenAsync([.. s_next, "CREATE TABLE extra(a INTEGER) STRICT; INSERT INTO no_such_table VALUES (1);"]));
        using AccountStore store = await OpenAsync(Migrations.All);
        Assert.Single(await store.AccountsAsync(Cancel));
    }

    [Fact]
    public async Task Programs_that_start_together_migrate_once()
    {
        _ = database.Target;
        AccountStore[] stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync(s_next), Cancel)));
        await Task.WhenAll(stores.Select((store, i) => store.AddAccountAsync(new() { Name = $"a{i}", Currency = "EUR" }, Cancel)));
        Assert.Equal(8, (await stores[0].AccountsAsync(Cancel)).Count);
        foreach (AccountStore store in stores)
            store.Dispose();
    }

    private Task<AccountStore> OpenAsync(IReadOnlyList<string> migrations) =>
        AccountStore.OpenAsync(new() { Database = database.Target, Patience = TimeSpan.FromSeconds(30) }, migrations, Cancel);
}
