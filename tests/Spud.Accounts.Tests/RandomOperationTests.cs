using Spud.Accounts.Crashes;

namespace Spud.Accounts.Tests;

public sealed class RandomOperationTestsOnSqlite() : RandomOperationTests(new SqliteTestDatabase());

public sealed class RandomOperationTestsOnPostgres(PostgresCluster cluster) : RandomOperationTests(new PostgresTestDatabase(cluster));

/// <summary>Random operations have the outcome that the rules say.</summary>
public abstract class RandomOperationTests(TestDatabase database) : IDisposable
{
    private const int Steps = 600;

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_store_does_what_the_rules_say(int seed)
    {
        ManualClock clock = new();
        using AccountStore store = await database.OpenAsync(clock);
        await store.BecomeServerAsync("here", TestContext.Current.CancellationToken);
        RandomOperations operations = new(store, clock, seed);
        await operations.BeginAsync();
        for (int step = 0; step < Steps; step++)
            await operations.StepAsync();

        await operations.CompareAllAsync();

        // All of them, or the numbers above are too tame.
        string[] all = ["", "withdrawn", "not withdrawn", "raised", "not ended", "Finished", "Failed", "Cancelled", "HandedBack", "AccountDisabled", "OverRequestLimit", "OverMinuteLimit", "OverDayLimit", "InsufficientBalance"];
        Assert.Empty(all.Except(operations.Met));
    }
}
