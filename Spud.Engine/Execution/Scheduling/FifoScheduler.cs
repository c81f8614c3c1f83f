namespace Spud.Execution;

/// <summary>
/// Jobs in order of arrival: one that does not fit holds up those behind it, and none gives way to another. Those that run share the rows of a step: one for each
/// that decodes, equal parts for prompts, and what short prompts do not need for longer ones. The scheduler of pipelines that name none, and the one
/// that replaces a faulty one.
/// </summary>
internal sealed class FifoScheduler : IScheduler
{
    public const string Name = "fifo";

    private int[] _running = [];
    private int _count;
    private int _turn;

    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        if (_running.Length < jobs.Length)
            _running = new int[Math.Max(jobs.Length, 2 * _running.Length)];

        decisions.Clear();
        Admit(capacity, jobs);
        TakeTurns(capacity.Rows);
        Share(capacity.Rows, jobs, decisions);
        return default;
    }

    public void Dispose()
    {
    }

    private void Admit(in StepCapacity capacity, ReadOnlySpan<JobView> jobs)
    {
        (int sequences, int pages) = (capacity.Sequences, capacity.Pages);
        foreach (ref readonly JobView job in jobs)
        {
            if (job.State == JobState.Running)
                (sequences, pages) = (sequences - 1, pages - job.PagesToEnd);
        }

        _count = 0;
        bool isFull = false;
        for (int i = 0; i < jobs.Length; i++)
        {
            ref readonly JobView job = ref jobs[i];
            if (job.State == JobState.Waiting && !isFull)
            {
                bool isAlone = sequences == capacity.Sequences;
                isFull = sequences <= 0 || (job.PagesToEnd > pages && !isAlone);
                if (!isFull)
                    (sequences, pages, _running[_count++]) = (sequences - 1, pages - job.PagesToEnd, i);
            }
            else if (job.State == JobState.Running)
            {
                _running[_count++] = i;
            }
        }
    }

    /// <summary>If more jobs run than a step has rows, they take turns.</summary>
    private void TakeTurns(int rows)
    {
        if (_count <= rows)
        {
            _turn = 0;
            return;
        }

        Span<int> running = _running.AsSpan(0, _count);
        int first = _turn % _count;
        running[..first].Reverse();
        running[first..].Reverse();
        running.Reverse();
        (_turn, _count) = ((first + rows) % _count, rows);
    }

    private void Share(int rows, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        for (int rank = 0; rank < _count; rank++)
            decisions[_running[rank]] = new() { Action = JobAction.Run, Rank = rank };

        // Whoever needs no more than an equal part gets all of it, which leaves larger parts for the others.
        int left = _count;
        for (bool isSettled = false; left > 0 && !isSettled;)
        {
            isSettled = true;
            int share = rows / left;
            for (int rank = 0; rank < _count; rank++)
            {
                ref JobDecision decision = ref decisions[_running[rank]];
                int wanted = jobs[_running[rank]].RowsWanted;
                if (decision.Rows > 0 || wanted > share)
                    continue;

                (decision.Rows, rows, left, isSettled) = (wanted, rows - wanted, left - 1, false);
            }
        }

        for (int rank = 0; rank < _count; rank++)
        {
            ref JobDecision decision = ref decisions[_running[rank]];
            if (decision.Rows > 0)
                continue;

            decision.Rows = (rows + left - 1) / left;
            (rows, left) = (rows - decision.Rows, left - 1);
        }
    }
}
