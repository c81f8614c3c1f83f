using Spud.Accounts.Crashes;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace Spud.Accounts.Tests;

/// <summary>Where the tests of the store run: every test gets an empty database.</summary>
public abstract class TestDatabase : IDisposable
{
    /// <summary>What <see cref="AccountStoreOptions.Database"/> is set to.</summary>
    public abstract string Target { get; }

    /// <summary>A store of the test's database.</summary>
    internal Task<AccountStore> OpenAsync(TimeProvider? clock = null, TimeSpan? patience = null) => AccountStore.OpenAsync(
        new() { Database = Target, Clock = clock ?? TimeProvider.System, Patience = patience ?? TimeSpan.FromSeconds(30) }, TestContext.Current.CancellationToken);

    public abstract void Dispose();
}

internal sealed class SqliteTestDatabase : TestDatabase
{
    private readonly TempFolder _folder = new();

    public override string Target => _folder.File("accounts.db");

    public override void Dispose() => _folder.Dispose();
}

internal sealed class PostgresTestDatabase(PostgresCluster cluster) : TestDatabase
{
    private readonly Lazy<string> _target = new(() =>
    {
        if (PostgresCluster.Missing is { } missing)
            Assert.Skip(missing);

        return cluster.NewSchema();
    });

    public override string Target => _target.Value;

    public override void Dispose()
    {
    }
}
