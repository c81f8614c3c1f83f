namespace Spud.Evaluation.Markets;

/// <summary>What came out of a simulation for one account. Times are in seconds.</summary>
public sealed record AccountOutcome
{
    private const double FlopsPerUnit = 1e9, NanosPerUnit = 1e9;

    /// <summary>Its name.</summary>
    public required string Account { get; init; }

    /// <summary>Its share.</summary>
    public required double Weight { get; init; }

    /// <summary>Jobs that were submitted.</summary>
    public required int Jobs { get; init; }

    /// <summary>Jobs that ended in time.</summary>
    public required int Finished { get; init; }

    /// <summary>Jobs that did not take the posted price.</summary>
    public required int Declined { get; init; }

    /// <summary>Jobs that missed their deadline.</summary>
    public required int Late { get; init; }

    /// <summary>Jobs that did not begin in time.</summary>
    public required int Starved { get; init; }

    /// <summary>CU that were billed.</summary>
    public required double ComputeUnits { get; init; }

    /// <summary>Value of the jobs that ended in time.</summary>
    public required double ValueServed { get; init; }

    /// <summary>Value of all jobs that were submitted.</summary>
    public required double ValueOffered { get; init; }

    /// <summary>What it paid at the scheduler's prices.</summary>
    public required double Paid { get; init; }

    /// <summary>Median time until a job began, including those that still wait.</summary>
    public required double WaitMedian { get; init; }

    /// <summary>95th percentile of it.</summary>
    public required double Wait95 { get; init; }

    /// <summary>The longest.</summary>
    public required double WaitMost { get; init; }

    internal static AccountOutcome Of(string account, double weight, SimulatedJob[] jobs, TimeSpan end, double starvedAfter)
    {
        SimulatedJob[] taken = [.. jobs.Where(static job => job.Began is not null || job.Ended is null || job.Ended >= job.Deadline)];
        double[] waits = [.. taken.Select(job => ((job.Began ?? job.Ended ?? end) - job.Arrival).TotalSeconds).Order()];
        return new()
        {
            Account = account,
            Weight = weight,
            Jobs = jobs.Length,
            Finished = jobs.Count(static job => job.IsFinished),
            Declined = jobs.Length - taken.Length,
            Late = jobs.Count(static job => !job.IsFinished && job.Ended >= job.Deadline),
            Starved = taken.Count(job => ((job.Began ?? job.Ended ?? end) - job.Arrival).TotalSeconds > starvedAfter),
            ComputeUnits = jobs.Sum(static job => job.Spent / FlopsPerUnit),
            ValueServed = jobs.Where(static job => job.IsFinished).Sum(static job => job.ValuePerCu * job.Spent / FlopsPerUnit),
            ValueOffered = jobs.Sum(job => job.ValuePerCu * job.Full / FlopsPerUnit),
            Paid = jobs.Sum(static job => job.Paid) / NanosPerUnit,
            WaitMedian = At(waits, 0.5),
            Wait95 = At(waits, 0.95),
            WaitMost = At(waits, 1),
        };
    }

    private static double At(double[] sorted, double part) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(part * sorted.Length))];
}
