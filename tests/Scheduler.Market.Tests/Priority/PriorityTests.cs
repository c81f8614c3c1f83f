using Spud;
using Spud.Execution;
using Scheduler.Market.Tests.Fair;
using Xunit;

namespace Scheduler.Market.Tests.Priority;

/// <summary>Tiers, and the time after which a lower one is as urgent as a higher one.</summary>
public sealed class PriorityTests
{
    [Fact]
    public void The_more_urgent_tier_comes_first() => Assert.Equal([1, 2, 0], Order(Job(0, 3, 0), Job(1, 0, 1), Job(2, 1, 2)));

    [Fact]
    public void Within_a_tier_the_earlier_comes_first() => Assert.Equal([0, 1, 2], Order(Job(0, 1, 0), Job(1, 1, 1), Job(2, 1, 2)));

    [Fact]
    public void One_ageing_is_worth_one_tier()
    {
        Assert.Equal([0, 1], Order(Job(0, 2, 0), Job(1, 1, 11)));
        Assert.Equal([1, 0], Order(Job(0, 2, 0), Job(1, 1, 9)));
        Assert.Equal([0, 1], Order(Job(0, 3, 0), Job(1, 0, 31)));
    }

    [Fact]
    public void A_running_job_gives_way_to_a_whole_tier_only()
    {
        JobDecision[] decisions = Decide(1, Job(0, 2, 0, JobState.Running), Job(1, 1, 5));
        Assert.Equal((JobAction.Run, JobAction.Wait), (decisions[0].Action, decisions[1].Action));
        decisions = Decide(1, Job(0, 3, 0, JobState.Running), Job(1, 1, 5));
        Assert.Equal((JobAction.Release, JobAction.Run), (decisions[0].Action, decisions[1].Action));
    }

    [Fact]
    public void A_large_job_that_is_next_is_not_overtaken()
    {
        // 9 of 10 pages are held: job 1 needs 4 and waits, and job 2, which needs 1, waits behind it.
        JobDecision[] decisions = Decide(3, Job(0, 0, 0, JobState.Running, pages: 9), Job(1, 0, 1, pages: 4), Job(2, 0, 2));
        Assert.Equal([JobAction.Run, JobAction.Wait, JobAction.Wait], decisions.Select(static decision => decision.Action));
    }

    private static int[] Order(params JobView[] jobs)
    {
        using JobScheduler scheduler = Simulated.Create("priority", """{"ageingSeconds":10}""");
        return scheduler.Decide(Capacity(jobs.Length), jobs, new JobDecision[jobs.Length]).ToArray();
    }

    private static JobDecision[] Decide(int sequences, params JobView[] jobs)
    {
        using JobScheduler scheduler = Simulated.Create("priority", """{"ageingSeconds":10}""");
        JobDecision[] decisions = new JobDecision[jobs.Length];
        scheduler.Decide(Capacity(sequences), jobs, decisions);
        return decisions;
    }

    private static StepCapacity Capacity(int sequences) => new() { Now = TimeSpan.FromSeconds(100), LastStep = default, Accounts = 1, Rows = 64, Sequences = sequences, Pages = 10, RowFlops = 1 };

    private static JobView Job(long id, int tier, double arrival, JobState state = JobState.Waiting, int pages = 1) => new()
    {
        Id = id, Account = 0, Weight = 1, Tier = tier, Lane = JobLane.Floor, State = state, Bids = false, PricePerCu = 0, CapFlops = 1000, SpentFlops = 0, StepFlops = 0,
        Arrival = TimeSpan.FromSeconds(arrival), Deadline = TimeSpan.MaxValue, TokensToRead = 1, TokensToProduce = 5, Pages = 0, PagesToEnd = pages,
    };
}
