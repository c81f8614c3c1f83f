using Spud;

namespace TemplateSpace;

/// <summary>The job with the least work left begins first. Those that run keep their places, and everybody that runs gets a row before anybody gets more.</summary>
internal sealed class ShortestScheduler(ShortestSchedulerOptions options) : IScheduler
{
    // Grown when there are more jobs than ever before; otherwise a call allocates nothing.
    private double[] _work = [];
    private int[] _waiting = [], _chosen = [];

    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        if (_work.Length < jobs.Length)
            (_work, _waiting, _chosen) = (new double[2 * jobs.Length], new int[2 * jobs.Length], new int[2 * jobs.Length]);

        // By default a job waits, and keeps what it holds.
        decisions.Clear();
        int chosen = Choose(capacity, jobs, Sort(capacity.Now, jobs));
        Share(capacity.Rows, jobs, decisions, _chosen.AsSpan(0, chosen));

        // No market: the account's price list alone counts.
        return default;
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    /// <summary>The waiting jobs, the shortest first.</summary>
    private ReadOnlySpan<int> Sort(TimeSpan now, ReadOnlySpan<JobView> jobs)
    {
        int count = 0;
        for (int i = 0; i < jobs.Length; i++)
        {
            if (jobs[i].State != JobState.Waiting)
                continue;

            _work[count] = jobs[i].TokensToRead + jobs[i].TokensToProduce - (now - jobs[i].Arrival).TotalSeconds * options.RowsPerSecond;
            _waiting[count++] = i;
        }

        _work.AsSpan(0, count).Sort(_waiting.AsSpan(0, count));
        return _waiting.AsSpan(0, count);
    }

    /// <summary>Those that run, and those that wait as far as there is room.</summary>
    private int Choose(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, ReadOnlySpan<int> waiting)
    {
        (int chosen, int sequences, int pages) = (0, capacity.Sequences, capacity.Pages);
        for (int i = 0; i < jobs.Length; i++)
        {
            if (jobs[i].State != JobState.Running)
                continue;

            (sequences, pages) = (sequences - 1, pages - jobs[i].PagesToEnd);
            if (chosen < capacity.Rows)
                _chosen[chosen++] = i;
        }

        foreach (int i in waiting)
        {
            // Alone, a job may need more pages than there are: the host then ends it where they end.
            bool isAlone = sequences == capacity.Sequences;
            if (chosen == capacity.Rows || sequences == 0 || (jobs[i].PagesToEnd > pages && !isAlone))
                break;

            (sequences, pages) = (sequences - 1, pages - jobs[i].PagesToEnd);
            _chosen[chosen++] = i;
        }

        return chosen;
    }

    private static void Share(int rows, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions, ReadOnlySpan<int> chosen)
    {
        int more = rows - chosen.Length;
        for (int rank = 0; rank < chosen.Length; rank++)
        {
            int extra = Math.Min(more, jobs[chosen[rank]].RowsWanted - 1);
            decisions[chosen[rank]] = new() { Action = JobAction.Run, Rank = rank, Rows = 1 + extra };
            more -= extra;
        }
    }
}
