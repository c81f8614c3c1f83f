using Spud;

namespace Scheduler.Market.Fair;

/// <summary>
/// Picks jobs for a step, account by account in the order of their counters. A picked job counts for its account at once, by its share of the
/// step's rows; a job that would have to be admitted counts as if its account were further ahead by the lead, so that running jobs go on until the
/// difference is worth the work that is lost.
/// </summary>
/// <param name="leadRows">The lead, in rows.</param>
/// <param name="lane">The lane whose jobs it serves; null for all.</param>
internal sealed class FairQueue(int leadRows, JobLane? lane)
{
    private const int None = -1;

    private readonly AccountCounters _counters = new();
    private readonly AccountHeap _heap = new();

    // Per account, a list of its running jobs in order of arrival and one of its waiting jobs; per job, the next one of its list.
    private int[] _running = [], _lastRunning = [], _waiting = [], _lastWaiting = [], _next = [], _open = [];
    private int _openCount;

    /// <summary>The counters, in FLOPs by weight 1.</summary>
    public AccountCounters Counters => _counters;

    /// <summary>Takes in what was billed since the last call, and which jobs there are.</summary>
    public void Read(in StepCapacity capacity, ReadOnlySpan<JobView> jobs)
    {
        Grow(capacity.Accounts, jobs.Length);
        _counters.Begin(capacity.Accounts);
        _openCount = 0;
        _running.AsSpan(0, capacity.Accounts).Fill(None);
        _waiting.AsSpan(0, capacity.Accounts).Fill(None);
        for (int i = 0; i < jobs.Length; i++)
        {
            ref readonly JobView job = ref jobs[i];
            if (lane is { } own && job.Lane != own)
                continue;

            _counters.Read(job);
            if (job.State == JobState.Ended)
                continue;
            if (_running[job.Account] == None && _waiting[job.Account] == None)
                _open[_openCount++] = job.Account;
            if (job.State == JobState.Running)
                Append(_running, _lastRunning, job.Account, i);
            else
                Append(_waiting, _lastWaiting, job.Account, i);
        }

        _counters.End();
    }

    /// <summary>Picks jobs until neither they nor the share have room.</summary>
    /// <param name="draft">Jobs that are picked already are left out.</param>
    /// <param name="capacity">The limits of the step.</param>
    /// <param name="share">What these jobs may use together; its first job may use more pages.</param>
    /// <param name="withWaiting">Whether jobs are admitted.</param>
    public void Pick(ref StepDraft draft, in StepCapacity capacity, StepRoom share, bool withWaiting)
    {
        double rowFlops = capacity.RowFlops, lead = leadRows * rowFlops;
        int rowShare = Math.Max(1, capacity.Rows / Math.Max(1, capacity.Sequences));
        _heap.Clear(_openCount);
        for (int i = 0; i < _openCount; i++)
            Push(_open[i], _counters[_open[i]], _running[_open[i]], _waiting[_open[i]], lead, withWaiting, draft);
        _heap.Order();

        bool isFirst = true, isBlocked = !withWaiting;
        while (draft.Room.Slots > 0 && share.Slots > 0 && _heap.TryPop(out AccountEntry next))
        {
            ref readonly JobView job = ref draft.Jobs[next.Job];
            bool fits = draft.Fits(next.Job) && (isFirst || share.Fits(job));
            if (fits && !(isBlocked && job.State == JobState.Waiting))
            {
                draft.Pick(next.Job, job.Bids ? 0 : job.PricePerCu);
                share.Run(job);
                isFirst = false;
                next.Counter += Math.Min(job.RowsWanted, rowShare) * rowFlops / job.Weight;
            }
            else if (job.State == JobState.Waiting)
            {
                // The job that is next in turn is not overtaken: what is freed gathers for it.
                isBlocked = true;
                continue;
            }

            bool isRunning = job.State == JobState.Running;
            Push(next.Account, next.Counter, isRunning ? _next[next.Job] : None, isRunning ? _waiting[next.Account] : _next[next.Job], lead, !isBlocked, draft);
            _heap.Restore();
        }
    }

    // The account's next job that is not picked: running ones first.
    private void Push(int account, double counter, int running, int waiting, double lead, bool withWaiting, in StepDraft draft)
    {
        while (running != None && draft.IsPicked(running))
            running = _next[running];
        while (running == None && waiting != None && draft.IsPicked(waiting))
            waiting = _next[waiting];
        if (running != None)
            _heap.Add(new() { Account = account, Counter = counter, Key = counter, Job = running });
        else if (withWaiting && waiting != None)
            _heap.Add(new() { Account = account, Counter = counter, Key = counter + lead, Job = waiting });
    }

    private void Append(int[] first, int[] last, int account, int job)
    {
        _next[job] = None;
        if (first[account] == None)
            first[account] = job;
        else
            _next[last[account]] = job;
        last[account] = job;
    }

    private void Grow(int accounts, int jobs)
    {
        Scratch.Grow(ref _running, accounts);
        Scratch.Grow(ref _lastRunning, accounts);
        Scratch.Grow(ref _waiting, accounts);
        Scratch.Grow(ref _lastWaiting, accounts);
        Scratch.Grow(ref _open, accounts);
        Scratch.Grow(ref _next, jobs);
    }
}
