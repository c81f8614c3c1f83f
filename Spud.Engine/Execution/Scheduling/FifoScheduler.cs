namespace Spud.Execution;

/// <summary>
/// Jobs in order of arrival: one that does not fit holds up those behind it, and none gives way to another. The scheduler of pipelines that name none,
/// and the one that replaces a faulty one.
/// </summary>
internal sealed class FifoScheduler : IScheduler
{
    public const string Name = "fifo";

    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        int rows = capacity.Rows, sequences = capacity.Sequences, pages = capacity.Pages, rank = 0;
        for (int i = 0; i < jobs.Length; i++)
        {
            decisions[i] = default;
            if (jobs[i].State != JobState.Running)
                continue;

            (sequences, pages) = (sequences - 1, pages - jobs[i].PagesToEnd);
            if (jobs[i].TokensToRead == 0 && rows > 0)
                decisions[i] = Run(ref rank, ref rows, 1);
        }

        bool isFull = false;
        for (int i = 0; i < jobs.Length && rows > 0; i++)
        {
            ref readonly JobView job = ref jobs[i];
            if (job.State == JobState.Ended || decisions[i].Action == JobAction.Run)
                continue;

            if (job.State == JobState.Waiting)
            {
                bool isAlone = sequences == capacity.Sequences;
                isFull |= sequences <= 0 || job.PagesToEnd > pages && !isAlone;
                if (isFull)
                    continue;

                (sequences, pages) = (sequences - 1, pages - job.PagesToEnd);
            }

            decisions[i] = Run(ref rank, ref rows, Math.Min(rows, job.RowsWanted));
        }

        return default;
    }

    public void Dispose()
    {
    }

    private static JobDecision Run(ref int rank, ref int rows, int granted)
    {
        rows -= granted;
        return new() { Action = JobAction.Run, Rank = rank++, Rows = granted };
    }
}
