using Spud;

namespace Failing;

/// <summary>Serves the job that arrived first, alone, until it sees one of a tier at which it fails.</summary>
internal sealed class FailingScheduler(FailingSchedulerOptions options) : IScheduler
{
    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        decisions.Clear();
        int first = -1;
        for (int i = jobs.Length - 1; i >= 0; i--)
        {
            if (jobs[i].State == JobState.Ended)
                continue;
            if (jobs[i].Tier == options.ThrowsAtTier)
                throw new InvalidOperationException($"no place for tier {jobs[i].Tier}");
            if (jobs[i].Tier == options.HangsAtTier)
                Thread.Sleep(Timeout.Infinite);

            first = i;
        }

        if (first >= 0)
            decisions[first] = new() { Action = JobAction.Run, Rows = Math.Min(capacity.Rows, jobs[first].RowsWanted) };
        return default;
    }

    public void Dispose()
    {
    }
}
