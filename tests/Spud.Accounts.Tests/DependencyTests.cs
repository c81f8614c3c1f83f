namespace Spud.Accounts.Tests;

/// <summary>Accounts know receipts, price lists and lanes, and nothing of how a model runs on this machine.</summary>
public sealed class DependencyTests
{
    [Fact]
    public void Accounts_name_the_engine_and_the_two_databases() => Assert.Equal(
        ["Microsoft.Data.Sqlite", "Npgsql", "Spud.Abstractions", "Spud.Engine"],
        typeof(AccountStore).Assembly.GetReferencedAssemblies().Select(static name => name.Name!).Where(static name => !name.StartsWith("System.", StringComparison.Ordinal)).Order());
}
