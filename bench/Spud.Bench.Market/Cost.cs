using System.Diagnostics;
using Spud.Composition;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Bench.Market;

/// <summary>The duration of a decision, checks included, while 16 jobs run, one of them ends every 8 steps, and many wait.</summary>
internal static class Cost
{
    private const int Sequences = 16, Accounts = 50, Steps = 2_000;
    private const double StepMilliseconds = 4.5, WarmUpSeconds = 1.5;

    public static void Measure(PluginCatalog plugins)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}; a decode step: {StepMilliseconds} ms");
        foreach (int waiting in new[] { 1_000, 10_000 })
        {
            foreach (string name in new[] { "fifo", "fair", "priority", "auction" })
                Measure(plugins, name, waiting);
        }
    }

    private static void Measure(PluginCatalog plugins, string name, int waiting)
    {
        using JobScheduler scheduler = StandaloneScheduler.Create(plugins, name, "{}", static fault => throw new InvalidOperationException(fault));
        Random random = new(1);
        JobView[] jobs = [.. Enumerable.Range(0, waiting + Sequences).Select(i => Job(i, random))];
        JobDecision[] decisions = new JobDecision[jobs.Length];
        double[] took = new double[Steps];
        long began = Stopwatch.GetTimestamp();
        for (int n = 0, step = -1; step < Steps; n++)
        {
            // Begins when the code has been compiled a last time in the background.
            if (step >= 0 || Stopwatch.GetElapsedTime(began).TotalSeconds > WarmUpSeconds)
                step++;
            if (step == Steps)
                break;

            StepCapacity capacity = new()
            {
                Now = TimeSpan.FromMilliseconds(n * StepMilliseconds),
                LastStep = TimeSpan.FromMilliseconds(StepMilliseconds),
                Accounts = Accounts,
                Rows = 512,
                Sequences = Sequences,
                Pages = 4_000,
                RowFlops = 270_000_000,
            };
            long start = Stopwatch.GetTimestamp();
            ReadOnlySpan<int> order = scheduler.Decide(capacity, jobs, decisions);
            if (step >= 0)
                took[step] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            Advance(jobs, decisions, order, n);
        }

        double mean = took.Average();
        Array.Sort(took);
        Console.WriteLine(FormattableString.Invariant(
            $"{waiting,6} waiting, {name,-8}: mean {mean,6:0.0} us, median {took[Steps / 2],6:0.0}, 99th percentile {took[Steps * 99 / 100],6:0.0}; {mean / 10 / StepMilliseconds:0.00} % of a step"));
    }

    private static void Advance(JobView[] jobs, JobDecision[] decisions, ReadOnlySpan<int> order, int step)
    {
        for (int i = 0; i < jobs.Length; i++)
        {
            JobState state = jobs[i].State == JobState.Ended || decisions[i].Action == JobAction.Release ? JobState.Waiting : jobs[i].State;
            if (state != jobs[i].State || jobs[i].StepFlops > 0)
                jobs[i] = jobs[i] with { State = state, StepFlops = 0 };
        }

        foreach (int i in order)
        {
            bool ends = step % 8 == 0 && i == order[step / 8 % order.Length];
            jobs[i] = jobs[i] with { State = ends ? JobState.Ended : JobState.Running, StepFlops = decisions[i].Rows * 270_000_000L, TokensToRead = 0 };
        }
    }

    private static JobView Job(int id, Random random) => new()
    {
        Id = id,
        Account = random.Next(Accounts),
        Weight = 1,
        Tier = random.Next(4),
        Lane = (JobLane)random.Next(2),
        State = JobState.Waiting,
        Bids = random.Next(3) > 0,
        PricePerCu = random.Next(5, 100),
        CapFlops = 100_000_000_000,
        SpentFlops = 0,
        StepFlops = 0,
        Arrival = TimeSpan.FromMilliseconds(id),
        Deadline = TimeSpan.MaxValue,
        TokensToRead = random.Next(1, 400),
        TokensToProduce = random.Next(1, 200),
        Pages = 0,
        PagesToEnd = random.Next(1, 60),
    };
}
