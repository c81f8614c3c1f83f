using Spud.Composition;
using Spud.Evaluation.Markets;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Bench.Market;

/// <summary>One account tries something else than the truth, while the others go on as before. What it gains: value of its jobs that end in time, minus what it pays.</summary>
internal static class Lies
{
    private const int Seeds = 40;
    private const double Patience = 6;
    private const int Prompt = 40, Output = 80;

    public static void Measure(PluginCatalog plugins)
    {
        double[] honest = Gains(plugins, Me());
        double mean = honest.Average();
        Console.WriteLine(FormattableString.Invariant($"honest: {mean:0.00e0} a minute, over {Seeds} seeds"));
        foreach ((string name, JobStream stream) in All())
        {
            double[] gains = Gains(plugins, stream);
            double[] differences = [.. gains.Zip(honest, static (lie, truth) => lie - truth)];
            double difference = differences.Average(), error = Math.Sqrt(differences.Sum(x => (x - difference) * (x - difference)) / (Seeds - 1) / Seeds);
            Console.WriteLine(FormattableString.Invariant($"{name,-46} {100 * difference / mean,7:+0.0;-0.0} % (standard error {100 * error / mean:0.0})"));
        }
    }

    private static IEnumerable<(string, JobStream)> All()
    {
        foreach (double part in new[] { 0.5, 0.8, 0.95, 1.05, 1.25, 2 })
            yield return ($"bids {part} of its value", Changed(me => me.Bid = part));
        foreach (double part in new[] { 0.5, 0.8, 1.5, 10 })
            yield return ($"says that it has {part} of its time", Changed(me => me.ClaimedDeadline = part));
        foreach (int parts in new[] { 2, 4 })
            yield return ($"splits each job into {parts}", Changed(me => Split(me, parts)));
        foreach (double delay in new[] { 0.5, 2 })
            yield return ($"waits {delay} s before it submits", Changed(me => (me.Arrivals.From, me.DeadlineSeconds) = (delay, Patience - delay)));
        yield return ("takes the posted price instead", Changed(me => me.Bid = null));
        yield return ("goes to the floor instead", Changed(me => (me.Bid, me.Lane) = (null, JobLane.Floor)));
    }

    private static JobStream Changed(Action<JobStream> change)
    {
        JobStream me = Me();
        change(me);
        return me;
    }

    // Every part reads the whole prompt, and all of them are worth what the job was.
    private static void Split(JobStream me, int parts)
    {
        double scale = (double)(Prompt + Output) / (parts * Prompt + Output);
        me.Output = [Output / parts, Output / parts];
        me.Value = [me.Value[0] * scale, me.Value[1] * scale];
        me.Arrivals.Copies = parts;
    }

    private static JobStream Me() => new()
    {
        Account = "me", Lane = JobLane.Spot, Bid = 1, Value = [1e-8, 8e-8], DeadlineSeconds = Patience, Prompt = [Prompt, Prompt], Output = [Output, Output], Arrivals = new() { PerSecond = 2 },
    };

    private static double[] Gains(PluginCatalog plugins, JobStream me) => [.. Enumerable.Range(1, Seeds).Select(seed => Gain(plugins, me, seed))];

    private static double Gain(PluginCatalog plugins, JobStream me, int seed)
    {
        using JobScheduler scheduler = StandaloneScheduler.Create(plugins, "auction");
        MarketScenario scenario = new()
        {
            Seconds = 60,
            Seed = seed,
            Engine = new() { StepMilliseconds = 2, RowMilliseconds = 0.3 },
            Streams =
            [
                me,
                new() { Account = "others", Lane = JobLane.Spot, Bid = 1, Value = [1e-8, 8e-8], DeadlineSeconds = Patience, Prompt = [20, 60], Output = [40, 120], Arrivals = new() { PerSecond = 14 } },
                new() { Account = "batch", Lane = JobLane.Spot, Bid = 1, Value = [5e-9, 2e-8], Prompt = [40, 60], Output = [80, 120], Arrivals = new() { Flood = 60 } },
                new() { Account = "floor", Prompt = [20, 60], Output = [40, 120], Arrivals = new() { PerSecond = 6 } },
            ],
        };
        AccountOutcome outcome = new MarketSimulation(scenario, scheduler).Run().Accounts[0];
        return outcome.ValueServed - outcome.Paid;
    }
}
