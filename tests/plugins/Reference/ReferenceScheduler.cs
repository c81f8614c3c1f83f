using Spud;

namespace Reference;

/// <summary>Jobs in order of arrival, a row for each, and what is left for the first; correct, or wrong in one way on purpose.</summary>
internal sealed class ReferenceScheduler(Fault fault) : IScheduler
{
    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        if (fault == Fault.ExpectsJobs && jobs.IsEmpty)
            throw new InvalidOperationException("there is no job");

        object? garbage = fault == Fault.Allocates ? new byte[16] : null;
        decisions.Clear();
        int running = Run(capacity, jobs, decisions);
        Share(fault == Fault.TakesTooManyRows ? capacity.Rows + 1 : capacity.Rows, running, jobs, decisions);
        GC.KeepAlive(garbage);
        return default;
    }

    public void Dispose()
    {
    }

    private int Run(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        (int sequences, int pages) = (capacity.Sequences, capacity.Pages);
        foreach (ref readonly JobView job in jobs)
            (sequences, pages) = job.State == JobState.Running ? (sequences - 1, pages - job.PagesToEnd) : (sequences, pages);

        int rank = 0, atMost = fault == Fault.RunsOneJob ? 1 : capacity.Rows;
        bool isFull = false;
        for (int i = 0; i < jobs.Length && rank < atMost; i++)
        {
            ref readonly JobView job = ref jobs[i];
            if (job.State == JobState.Ended || (fault == Fault.Starves && job.Account == 0))
                continue;
            if (job.State == JobState.Waiting)
            {
                bool isAlone = sequences == capacity.Sequences;
                isFull |= sequences == 0 || (job.PagesToEnd > pages && !isAlone) || (fault == Fault.DecidesAtRandom && Random.Shared.Next(2) == 0);
                if (isFull)
                    continue;

                (sequences, pages) = (sequences - 1, pages - job.PagesToEnd);
            }

            decisions[i] = new() { Action = JobAction.Run, Rank = rank++, Rows = 1 };
        }

        return rank;
    }

    private static void Share(int rows, int running, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        int more = rows - running;
        for (int i = 0; i < jobs.Length; i++)
        {
            if (decisions[i].Action != JobAction.Run)
                continue;

            int extra = Math.Min(more, jobs[i].RowsWanted - 1);
            decisions[i].Rows += extra;
            more -= extra;
        }
    }
}
