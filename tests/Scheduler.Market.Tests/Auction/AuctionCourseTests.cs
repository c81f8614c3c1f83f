using Scheduler.Market.Tests.Fair;
using Spud;
using Spud.Evaluation.Markets;
using Xunit;

namespace Scheduler.Market.Tests.Auction;

/// <summary>An auction over time: the floor, the posted price, and who waits how long.</summary>
public sealed class AuctionCourseTests
{
    private const double TickSeconds = 0.1, LongestStepSeconds = 0.07;

    [Fact]
    public void A_flood_of_bids_does_not_keep_the_floor_waiting_longer_than_a_tick()
    {
        MarketResult result = Simulated.Run(Of(Floor("tenant", new() { PerSecond = 3 }), Spot("flood", new() { Flood = 400 }, 1, 1)), "auction");
        Assert.InRange(result.Accounts[0].WaitMost, 0, TickSeconds + 2 * LongestStepSeconds);
        Assert.True(result.Accounts[0].Jobs > 100);
    }

    [Fact]
    public void A_flood_on_the_floor_itself_delays_another_account_by_the_lead_at_most()
    {
        MarketScenario scenario = Of(Floor("tenant", new() { PerSecond = 0.5 }), Floor("flood", new() { Flood = 400 }), Spot("bids", new() { Flood = 400 }, 1, 1));
        MarketResult result = Simulated.Run(scenario, "auction", """{"leadRows":64}""");

        // Four sequences of the floor give the flood four rows a step; after 64 of them it gives way.
        Assert.InRange(result.Accounts[0].WaitMost, 0, 64 / 4 * LongestStepSeconds + TickSeconds);
    }

    [Fact]
    public void More_value_is_served_than_without_prices()
    {
        MarketScenario scenario = Of(Spot("rich", new() { PerSecond = 10 }, 50e-9, 90e-9, 4), Spot("poor", new() { PerSecond = 60 }, 5e-9, 20e-9, 4));
        MarketResult auction = Simulated.Run(scenario, "auction"), fifo = Simulated.Run(scenario, "fifo");
        Assert.True(auction.ValueServed > 1.5 * fifo.ValueServed, $"{auction.ValueServed} against {fifo.ValueServed}");
        Assert.InRange(auction.Revenue, 1e-12, auction.ValueServed);
        Assert.Equal(0, fifo.Revenue);
    }

    [Fact]
    public void The_posted_price_rises_while_everything_is_sold_and_returns()
    {
        MarketResult result = Simulated.Run(Of(Spot("bids", new() { PerSecond = 80, To = 15 }, 40e-9, 60e-9, 3), Floor("late", new() { PerSecond = 1 })), "auction");
        double highest = result.Samples.Max(static sample => sample.Posted);
        Assert.InRange(highest, 40e-9, 100e-9);
        Assert.Equal(10e-9, result.Samples[0].Posted, 15);
        Assert.Equal(10e-9, result.Samples[^1].Posted, 15);
        Assert.All(result.Samples.Zip(result.Samples.Skip(1)), static pair => Assert.True(pair.Second.Posted <= pair.First.Posted * 1.5, $"{pair.First} {pair.Second}"));
    }

    [Fact]
    public void Jobs_that_do_not_bid_decline_a_price_above_their_value()
    {
        JobStream posted = Spot("posted", new() { PerSecond = 5 }, 30e-9, 30e-9);
        posted.Bid = null;
        MarketResult result = Simulated.Run(Of(Spot("bids", new() { PerSecond = 80, To = 30 }, 60e-9, 60e-9, 3), posted), "auction");
        Assert.True(result.Accounts[1].Declined > 0);
        Assert.True(result.Accounts[1].Finished > 0);
        Assert.InRange(result.Accounts[1].Paid, 0, result.Accounts[1].ComputeUnits * 30e-9);
    }

    [Fact]
    public void A_price_holds_until_the_next_tick()
    {
        using Spud.Execution.JobScheduler scheduler = Simulated.Create("auction", """{"floor":0}""");
        JobView[] two = [Job(0, 50, JobState.Waiting), Job(1, 30, JobState.Waiting)];
        JobDecision[] decisions = new JobDecision[3];
        scheduler.Decide(At(1000), two, decisions.AsSpan(0, 2));
        Assert.Equal((JobAction.Run, 30L), (decisions[0].Action, decisions[0].PricePerCu));

        // A higher bid comes within the tick: the winner goes on at its price; at the tick it loses.
        JobView[] three = [Job(0, 50, JobState.Running), Job(1, 30, JobState.Waiting), Job(2, 80, JobState.Waiting)];
        scheduler.Decide(At(1050), three, decisions);
        Assert.Equal((JobAction.Run, 30L), (decisions[0].Action, decisions[0].PricePerCu));
        scheduler.Decide(At(1101), three, decisions);
        Assert.Equal((JobAction.Release, JobAction.Run, 51L), (decisions[0].Action, decisions[2].Action, decisions[2].PricePerCu));
    }

    [Fact]
    public void What_becomes_free_within_a_tick_is_sold_at_once()
    {
        using Spud.Execution.JobScheduler scheduler = Simulated.Create("auction", """{"floor":0,"reserve":4e-9}""");
        JobDecision[] decisions = new JobDecision[3];
        scheduler.Decide(At(1000), [Job(0, 50, JobState.Waiting), Job(1, 30, JobState.Waiting), Job(2, 20, JobState.Waiting)], decisions);
        scheduler.Decide(At(1010), [Job(0, 50, JobState.Ended), Job(1, 30, JobState.Waiting), Job(2, 20, JobState.Waiting)], decisions);
        Assert.Equal((JobAction.Run, 20L), (decisions[1].Action, decisions[1].PricePerCu));
        Assert.Equal(JobAction.Wait, decisions[2].Action);
    }

    [Fact]
    public void A_bid_below_the_reserve_gets_nothing()
    {
        using Spud.Execution.JobScheduler scheduler = Simulated.Create("auction");
        JobDecision[] decisions = new JobDecision[1];
        scheduler.Decide(At(1000), [Job(0, 4, JobState.Waiting)], decisions);
        Assert.Equal(JobAction.Wait, decisions[0].Action);
        Assert.Equal((5L, 10L, 10L), (scheduler.Prices.Reserve, scheduler.Prices.Posted, scheduler.Prices.Floor));
    }

    private static StepCapacity At(int milliseconds) => new() { Now = TimeSpan.FromMilliseconds(milliseconds), LastStep = TimeSpan.FromMilliseconds(5), Accounts = 1, Rows = 8, Sequences = 1, Pages = 10, RowFlops = 1000 };

    private static JobView Job(long id, long bid, JobState state) => new()
    {
        Id = id, Account = 0, Weight = 1, Tier = 2, Lane = JobLane.Spot, State = state, Bids = true, PricePerCu = bid, CapFlops = 1000, SpentFlops = 0, StepFlops = 0,
        Arrival = default, Deadline = TimeSpan.MaxValue, TokensToRead = 1, TokensToProduce = 1, Pages = 0, PagesToEnd = 1,
    };

    private static JobStream Floor(string account, Arrivals arrivals) => Simulated.Stream(account, arrivals);

    private static JobStream Spot(string account, Arrivals arrivals, double from, double to, double? deadline = null) => new()
    {
        Account = account, Arrivals = arrivals, Prompt = [30, 30], Output = [40, 40], Lane = JobLane.Spot, Bid = 1, Value = [from, to], DeadlineSeconds = deadline,
    };

    private static MarketScenario Of(params JobStream[] streams) => new() { Seconds = 60, Streams = streams, Engine = new() { StepMilliseconds = 2, RowMilliseconds = 0.3 } };
}
