using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution;

/// <summary>What a scheduler decides is checked before the loop acts on it.</summary>
public sealed class JobSchedulerTests
{
    private static readonly StepCapacity s_capacity = new() { Now = default, LastStep = default, Accounts = 1, Rows = 8, Sequences = 2, Pages = 10, RowFlops = 1 };

    [Fact]
    public void Jobs_run_in_the_order_of_their_ranks()
    {
        using JobScheduler scheduler = Of(static (jobs, decisions) =>
        {
            decisions[0] = new() { Action = JobAction.Run, Rank = 2, Rows = 1 };
            decisions[2] = new() { Action = JobAction.Run, Rank = 0, Rows = 7 };
        });
        JobView[] jobs = [Job(1, pages: 1), Job(2), Job(3)];
        Assert.Equal([2, 0], scheduler.Decide(s_capacity, jobs, new JobDecision[3]).ToArray());
        Assert.Equal("test", scheduler.Name);
    }

    [Theory]
    [InlineData("throws", "it threw InvalidOperationException: out of sorts")]
    [InlineData("action", "it decided 9 about job 1, which is not an action.")]
    [InlineData("rank", "it gave job 2 rank 0, expected a different one below 3 for each.")]
    [InlineData("negative rank", "it gave job 1 rank -1, expected a different one below 3 for each.")]
    [InlineData("no rows", "it gave job 1 0 rows, expected at least 1.")]
    [InlineData("rows", "it gave 9 rows, and a step has 8.")]
    [InlineData("sequences", "it lets 3 jobs hold a sequence, and there are 2.")]
    [InlineData("pages", "it lets 2 jobs hold 12 pages, and there are 10.")]
    [InlineData("price", "it charges job 1 101 nano-units per CU, expected 0 to 100.")]
    public void A_faulty_scheduler_is_named_once_and_replaced(string fault, string expected)
    {
        List<string> log = [];
        using JobScheduler scheduler = Of((jobs, decisions) => Break(fault, decisions), log.Add);
        JobView[] jobs = [Job(1), Job(2), Job(3)];
        for (int step = 0; step < 2; step++)
            Assert.Equal([0], scheduler.Decide(s_capacity, jobs, new JobDecision[3]).ToArray());
        Assert.StartsWith($"scheduler 'test': {expected}", Assert.Single(log));
        Assert.Contains("Jobs are served by 'fifo', in order of arrival", log[0]);
        Assert.Equal("fifo", scheduler.Name);
    }

    [Fact]
    public void Prices_below_zero_are_faulty()
    {
        List<string> log = [];
        using JobScheduler scheduler = new(new Scripted(static (_, _) => { }) { Prices = new() { Posted = -1 } }, "test", log.Add);
        scheduler.Decide(s_capacity, [], []);
        Assert.StartsWith("scheduler 'test': it gave a price below 0.", Assert.Single(log));
        Assert.Equal(0, scheduler.Prices.Posted);
    }

    [Fact]
    public void A_running_job_that_waits_still_holds_its_sequence()
    {
        List<string> log = [];
        using JobScheduler scheduler = Of(static (jobs, decisions) => decisions[2] = new() { Action = JobAction.Run, Rank = 0, Rows = 1 }, log.Add);
        scheduler.Decide(s_capacity, [Job(1, JobState.Running, 1), Job(2, JobState.Running, 1), Job(3, pages: 1)], new JobDecision[3]);
        Assert.StartsWith("scheduler 'test': it lets 3 jobs hold a sequence, and there are 2.", Assert.Single(log));
    }

    [Fact]
    public void A_job_larger_than_the_pool_may_run_alone()
    {
        List<string> log = [];
        using JobScheduler scheduler = Of(static (jobs, decisions) => decisions[0] = new() { Action = JobAction.Run, Rank = 0, Rows = 1 }, log.Add);
        Assert.Equal([0], scheduler.Decide(s_capacity, [Job(1, pages: 50)], new JobDecision[1]).ToArray());
        Assert.Empty(log);
    }

    private static void Break(string fault, Span<JobDecision> decisions)
    {
        JobDecision run = new() { Action = JobAction.Run, Rows = 1 };
        switch (fault)
        {
            case "throws":
                throw new InvalidOperationException("out of sorts");
            case "action":
                decisions[0].Action = (JobAction)9;
                break;
            case "rank":
                decisions[0] = decisions[1] = run;
                break;
            case "negative rank":
                decisions[0] = run with { Rank = -1 };
                break;
            case "no rows":
                decisions[0] = run with { Rows = 0 };
                break;
            case "rows":
                decisions[0] = run with { Rows = 9 };
                break;
            case "sequences":
                (decisions[0], decisions[1], decisions[2]) = (run, run with { Rank = 1 }, run with { Rank = 2 });
                break;
            case "pages":
                (decisions[0], decisions[1]) = (run, run with { Rank = 1 });
                break;
            case "price":
                decisions[0].PricePerCu = 101;
                break;
        }
    }

    private static JobView Job(long id, JobState state = JobState.Waiting, int pages = 6) => new()
    {
        Id = id, Account = 0, Weight = 1, Tier = 2, Lane = JobLane.Floor, State = state, Bids = false, PricePerCu = 100, CapFlops = 100, SpentFlops = 0, StepFlops = 0,
        Arrival = default, Deadline = TimeSpan.MaxValue, TokensToRead = 5, TokensToProduce = 5, Pages = 0, PagesToEnd = pages,
    };

    private static JobScheduler Of(Scripted.Script script, Action<string>? log = null) => new(new Scripted(script), "test", log);

    private sealed class Scripted(Scripted.Script script) : IScheduler
    {
        public delegate void Script(ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions);

        public MarketPrices Prices { get; init; }

        public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
        {
            script(jobs, decisions);
            return Prices;
        }

        public void Dispose()
        {
        }
    }
}
