using Spud;

namespace Scheduler.Market.Priority;

/// <summary>
/// Four tiers with ageing: a job comes before another if its tier minus the time that it waited, in units of the ageing, is less. Both age at the same
/// speed, so that the order of two jobs never changes, and a job is overtaken only by those that arrive within one ageing for each tier
/// between them. A running job gives way only to one that is more urgent by a whole tier.
/// </summary>
internal sealed class PriorityScheduler(PriorityOptions options) : IScheduler
{
    private readonly long _ageing = TimeSpan.FromSeconds(options.AgeingSeconds).Ticks;
    private UrgentJob[] _waiting = [], _candidates = [];
    private int[] _picked = [];

    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        Scratch.Grow(ref _picked, capacity.Sequences);
        StepDraft draft = new(capacity, jobs, decisions, _picked);
        bool isBlocked = false;
        foreach (UrgentJob candidate in Candidates(draft.Room.Slots, jobs))
        {
            bool waits = jobs[candidate.Job].State == JobState.Waiting;
            if (draft.Fits(candidate.Job) && !(waits && isBlocked))
                draft.Pick(candidate.Job, jobs[candidate.Job].Bids ? 0 : jobs[candidate.Job].PricePerCu);
            else
                isBlocked |= waits;
        }

        draft.Finish(byArrival: false);
        return default;
    }

    public void Dispose()
    {
    }

    /// <summary>The running jobs, and as many of the waiting ones as could run, in order.</summary>
    private ReadOnlySpan<UrgentJob> Candidates(int slots, ReadOnlySpan<JobView> jobs)
    {
        Scratch.Grow(ref _waiting, slots);
        int waiting = 0, running = 0;
        for (int i = 0; i < jobs.Length; i++)
        {
            long key = jobs[i].Arrival.Ticks + jobs[i].Tier * _ageing;
            if (jobs[i].State == JobState.Waiting)
            {
                Insert(new(key + _ageing, i), slots, ref waiting);
            }
            else if (jobs[i].State == JobState.Running)
            {
                Scratch.Grow(ref _candidates, running + slots + 1);
                _candidates[running++] = new(key, i);
            }
        }

        Scratch.Grow(ref _candidates, running + waiting);
        _waiting.AsSpan(0, waiting).CopyTo(_candidates.AsSpan(running));
        Span<UrgentJob> candidates = _candidates.AsSpan(0, running + waiting);
        candidates.Sort();
        return candidates;
    }

    /// <summary>Keeps the most urgent, in order.</summary>
    private void Insert(UrgentJob job, int most, ref int count)
    {
        if (count == most && _waiting[count - 1].CompareTo(job) <= 0)
            return;

        int place = count < most ? count++ : count - 1;
        for (; place > 0 && _waiting[place - 1].CompareTo(job) > 0; place--)
            _waiting[place] = _waiting[place - 1];
        _waiting[place] = job;
    }

    /// <summary>A job by its place in the order.</summary>
    private readonly record struct UrgentJob(long Key, int Job) : IComparable<UrgentJob>
    {
        public int CompareTo(UrgentJob other) => Key != other.Key ? Key.CompareTo(other.Key) : Job.CompareTo(other.Job);
    }
}
