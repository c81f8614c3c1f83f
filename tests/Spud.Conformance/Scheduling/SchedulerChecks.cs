using System.Diagnostics;
using Spud.Execution;
using Xunit;

namespace Spud.Conformance.Scheduling;

/// <summary>The suite of schedulers, over anything that makes one: of a plugin, or the built-in one.</summary>
internal static class SchedulerChecks
{
    public static void Decisions_keep_to_the_capacity(Func<Action<string>, JobScheduler> create)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            using SchedulerRig rig = new(create) { Rows = random.Next(1, 80), Sequences = random.Next(1, 12), Pages = random.Next(1, 200) };
            for (int step = 0; step < 300; step++)
            {
                Arrive(rig, random, step, random.Next(3) == 0 ? random.Next(6) : 0);
                rig.Step();
            }
        }
    }

    public static void Decisions_are_deterministic(Func<Action<string>, JobScheduler> create)
    {
        using SchedulerRig one = new(create), two = new(create);
        Random first = new(5), second = new(5);
        for (int step = 0; step < 300; step++)
        {
            Arrive(one, first, step, step % 3);
            Arrive(two, second, step, step % 3);
            one.Step();
            two.Step();
            Assert.Equal(one.Decisions, two.Decisions);
        }
    }

    public static void No_capacity_is_idle_while_jobs_wait(Func<Action<string>, JobScheduler> create)
    {
        foreach ((int rows, int sequences, int pages) in new[] { (64, 8, 256), (4, 8, 256), (64, 8, 5), (1, 1, 1) })
        {
            foreach (JobLane[] lanes in new JobLane[][] { [JobLane.Floor], [JobLane.Spot], [JobLane.Floor, JobLane.Spot], [JobLane.Floor, JobLane.Spot, JobLane.Spot, JobLane.Spot, JobLane.Spot, JobLane.Spot, JobLane.Spot] })
            {
                using SchedulerRig rig = new(create) { Rows = rows, Sequences = sequences, Pages = pages };
                for (int i = 0; i < 40; i++)
                    rig.Jobs.Add(new() { Id = i, Account = i % 5, Lane = lanes[i % lanes.Length], Bids = i % 2 == 0, OutputTokens = 3 + i % 7 });

                int few = Math.Min(rows, Math.Min(sequences, pages));
                while (rig.Jobs.Count > 0)
                {
                    int open = rig.Jobs.Count(static job => job.State != JobState.Ended);
                    rig.Step();
                    int served = rig.Decisions.Count(static decision => decision.Action == JobAction.Run);
                    Assert.True(served >= Math.Min(open, few), $"{served} of {open} jobs run, and there is room for {few} ({rows} rows, {sequences} sequences, {pages} pages)");
                }
            }
        }
    }

    public static void Every_job_ends(Func<Action<string>, JobScheduler> create)
    {
        Random random = new(9);
        using SchedulerRig rig = new(create);
        Arrive(rig, random, 0, 120);
        long rows = rig.Jobs.Sum(static job => (long)job.PromptTokens + job.OutputTokens);
        for (int step = 0; rig.Jobs.Count > 0; step++)
        {
            // Reading again after pages were given back costs steps too, but not without end.
            Assert.True(step < 4 * rows, $"{rig.Jobs.Count} jobs have not ended after {step} steps: {string.Join(", ", rig.Jobs.Select(static job => job.Id).Take(10))}");
            rig.Step();
        }
    }

    public static void Odd_input_is_served(Func<Action<string>, JobScheduler> create)
    {
        using SchedulerRig rig = new(create) { Sequences = 2, Pages = 4 };
        rig.Step();
        Assert.Empty(rig.Decisions);

        rig.Jobs.Add(new() { Id = 3, State = JobState.Running, Kept = 20, Billed = 20, PromptTokens = 20, OutputTokens = 2, Produced = 1 });
        rig.Jobs.Add(new() { Id = 900, State = JobState.Ended, Step = SchedulerRig.RowFlops, Spent = SchedulerRig.RowFlops, Account = 63 });
        rig.Jobs.Add(new() { Id = 901, PromptTokens = 2000, OutputTokens = 10, Lane = JobLane.Spot, Bids = true });
        for (int step = 0; rig.Jobs.Count > 0; step++)
        {
            Assert.True(step < 400, $"{rig.Jobs.Count} jobs have not ended after {step} steps");
            rig.Step();
        }
    }

    public static void A_decision_allocates_nothing(Func<Action<string>, JobScheduler> create)
    {
        using SchedulerRig rig = new(create);
        Random random = new(3);
        Arrive(rig, random, 0, 500);
        for (int step = 0; step < 100; step++)
            rig.Step();
        long least = long.MaxValue;
        for (int step = 0; step < 50; step++)
        {
            rig.Step();
            rig.Look();
            long before = GC.GetAllocatedBytesForCurrentThread();
            rig.Decide();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    public static void Ten_thousand_jobs_are_decided_about_in_time(Func<Action<string>, JobScheduler> create)
    {
        using SchedulerRig rig = new(create);
        Arrive(rig, new Random(4), 0, 10_000);
        TimeSpan least = TimeSpan.MaxValue;
        for (int step = 0; step < 40; step++)
        {
            rig.Step();
            rig.Look();
            long start = Stopwatch.GetTimestamp();
            rig.Decide();
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            least = took < least ? took : least;
        }

        Assert.True(least < TimeSpan.FromMilliseconds(10), $"a decision about 10,000 jobs took {least.TotalMilliseconds:F1} ms, expected at most 10 ms");
    }

    private static void Arrive(SchedulerRig rig, Random random, int step, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int account = random.Next(12);
            rig.Jobs.Add(new()
            {
                Id = 10_000L * step + i,
                Account = account,
                Weight = 1 + account % 3,
                Tier = random.Next(4),
                Lane = (JobLane)random.Next(2),
                Bids = random.Next(3) > 0,
                PricePerCu = random.Next(900_000, 5_000_000),
                PromptTokens = random.Next(1, 200),
                OutputTokens = random.Next(1, 60),
                Arrival = TimeSpan.FromMilliseconds(10 * step),
                Deadline = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(10 * step + random.Next(50, 5000)) : TimeSpan.MaxValue,
            });
        }
    }
}
