using Spud.Accounts.Crashes;

namespace Spud.Accounts.Tests;

/// <summary>
/// A process that is killed among random jobs loses and doubles no receipt. 500 rounds:
/// <c>tests/Spud.Accounts.Crashes/bin/Release/net10.0/Spud.Accounts.Crashes 500 sqlite</c>, or <c>postgres</c>.
/// </summary>
public sealed class CrashTests(PostgresCluster cluster)
{
    private const int Rounds = 20;

    [Fact]
    public async Task Nothing_is_lost_or_doubled_on_sqlite()
    {
        using SqliteTestDatabase database = new();
        await RunAsync(database);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_on_postgres()
    {
        using PostgresTestDatabase database = new(cluster);
        await RunAsync(database);
    }

    private static Task RunAsync(TestDatabase database) =>
        new CrashRounds(database.Target).RunAsync(Rounds, line => TestContext.Current.SendDiagnosticMessage(line), TestContext.Current.CancellationToken);
}
