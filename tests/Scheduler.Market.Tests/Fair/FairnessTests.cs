using Spud.Evaluation.Markets;
using Spud.Execution;
using Xunit;

namespace Scheduler.Market.Tests.Fair;

/// <summary>The shapes of load with which the virtual token counter was measured (Sheng et al., OSDI 2024), and the bound of docs/market.md.</summary>
public sealed class FairnessTests
{
    private const int LeadRows = 64;
    private const string Options = """{"leadRows":64}""";

    public static TheoryData<string> Scenarios => [.. s_scenarios.Keys];

    private static readonly Dictionary<string, Func<MarketScenario>> s_scenarios = new()
    {
        ["overload"] = static () => Of(Simulated.Stream("a", new() { PerSecond = 20 }), Simulated.Stream("b", new() { PerSecond = 40 })),
        ["proportional"] = static () => Weighted(new() { ["a"] = 1, ["b"] = 2, ["c"] = 4 }, Simulated.Stream("a", new() { PerSecond = 30 }), Simulated.Stream("b", new() { PerSecond = 30 }), Simulated.Stream("c", new() { PerSecond = 30 })),
        ["on_off_less"] = static () => Of(Simulated.Stream("a", new() { PerSecond = 3, OnSeconds = 10, OffSeconds = 10 }), Simulated.Stream("b", new() { PerSecond = 30 }), Simulated.Stream("c", new() { PerSecond = 30 })),
        ["on_off_overload"] = static () => Of(Simulated.Stream("a", new() { PerSecond = 30, OnSeconds = 10, OffSeconds = 10 }), Simulated.Stream("b", new() { PerSecond = 30 })),
        ["poisson_short_long"] = static () => Of(Simulated.Stream("short", new() { PerSecond = 30 }, prompt: 16, output: 16), Simulated.Stream("long", new() { PerSecond = 20 }, prompt: 200, output: 100)),
        ["poisson_short_long_2"] = static () => Of(Simulated.Stream("short", new() { PerSecond = 30 }, prompt: 200, output: 10), Simulated.Stream("long", new() { PerSecond = 20 }, prompt: 10, output: 150)),
        ["increase"] = static () => Of(Simulated.Stream("a", new() { PerSecond = 4, PerSecondAtEnd = 80 }), Simulated.Stream("b", new() { PerSecond = 30 })),
        ["dist_shift"] = static () => Of(
            Simulated.Stream("a", new() { PerSecond = 30, To = 20 }), Simulated.Stream("b", new() { PerSecond = 10, To = 20 }),
            Simulated.Stream("a", new() { PerSecond = 10, From = 20, To = 40 }, 60, 20), Simulated.Stream("b", new() { PerSecond = 30, From = 20, To = 40 }, 60, 20),
            Simulated.Stream("a", new() { PerSecond = 30, From = 40 }, 20, 60), Simulated.Stream("b", new() { PerSecond = 30, From = 40 }, 20, 60)),
        ["flood"] = static () => Of(Simulated.Stream("flood", new() { Flood = 600 }, prompt: 64, output: 200), Simulated.Stream("a", new() { PerSecond = 30 }), Simulated.Stream("b", new() { PerSecond = 30 })),
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Backlogged_accounts_differ_by_at_most_the_bound(string name)
    {
        MarketScenario scenario = s_scenarios[name]();
        using JobScheduler scheduler = Simulated.Create("fair", Options);
        MarketSimulation simulation = new(scenario, scheduler);
        BoundWatch watch = new(simulation, scenario, LeadRows);
        simulation.Stepped = watch.Look;
        MarketResult result = simulation.Run(TestContext.Current.CancellationToken);
        Assert.True(watch.Worst <= 1, $"{name}: {watch.Worst:F2} of the bound, {watch.WorstPair}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: at most {watch.Worst:F2} of the bound; Jain {result.JainMean:F4}, least {result.JainLeast:F4}");
    }

    [Theory]
    [InlineData("overload")]
    [InlineData("proportional")]
    [InlineData("on_off_overload")]
    [InlineData("poisson_short_long")]
    [InlineData("poisson_short_long_2")]
    [InlineData("flood")]
    public void Compute_is_shared_by_weight_among_backlogged_accounts(string name)
    {
        MarketResult fair = Simulated.Run(s_scenarios[name](), "fair", Options);
        Assert.True(fair.JainMean >= 0.99, $"{name}: Jain's index {fair.JainMean:F4}");
        Assert.True(fair.JainLeast >= 0.97, $"{name}: Jain's index of the worst 5 seconds {fair.JainLeast:F4}");
    }

    [Fact]
    public void First_come_first_served_fails_where_fair_does_not() =>
        Assert.True(Simulated.Run(s_scenarios["flood"](), "fifo").JainMean < 0.6, "the measure cannot tell a flood from fairness");

    [Fact]
    public void An_account_that_asks_for_less_than_its_share_gets_it_at_once()
    {
        MarketResult result = Simulated.Run(s_scenarios["on_off_less"](), "fair", Options);
        AccountOutcome less = result.Accounts[0];
        Assert.True(less.WaitMost < 2, $"it waited up to {less.WaitMost:F2} s");
        Assert.True(less.Finished >= less.Jobs - 8, $"{less.Finished} of {less.Jobs} jobs finished");
    }

    [Theory]
    [InlineData("overload")]
    [InlineData("flood")]
    public void No_sequence_is_idle_while_jobs_wait(string name)
    {
        MarketResult result = Simulated.Run(s_scenarios[name](), "fair", Options);
        Assert.True(result.SlotsUsed > 0.999, $"{result.SlotsUsed:P2} of the sequences are used");
        Assert.True(result.Busy > 0.99, $"busy {result.Busy:P2} of the time");
    }

    [Fact]
    public void Having_been_away_gains_nothing()
    {
        // 'late' returns when the others have had 30 seconds: from then on all have the same.
        MarketScenario scenario = Of(Simulated.Stream("a", new() { PerSecond = 30 }), Simulated.Stream("late", new() { PerSecond = 30, From = 30 }));
        MarketResult result = Simulated.Run(scenario, "fair", Options);
        MarketSample before = result.Samples.Last(static sample => sample.Seconds < 31), after = result.Samples[^1];
        double a = after.Served[0] - before.Served[0], late = after.Served[1] - before.Served[1];
        Assert.InRange(late / a, 0.95, 1.05);
    }

    private static MarketScenario Of(params JobStream[] streams) => Weighted([], streams);

    private static MarketScenario Weighted(Dictionary<string, double> weights, params JobStream[] streams) =>
        new() { Seconds = 60, Weights = weights, Streams = streams, Engine = new() { StepMilliseconds = 2, RowMilliseconds = 0.3 } };
}
