using Spud;

namespace Scheduler.Market;

/// <summary>The decisions about a step while they are made: jobs are picked one by one, and share the rows at the end.</summary>
internal ref struct StepDraft
{
    private readonly Span<int> _picked;
    private readonly int _rows, _share;
    private int _count;

    /// <param name="capacity">The limits of the step.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="decisions">All are reset to waiting at the job's last price.</param>
    /// <param name="scratch">At least one for each sequence.</param>
    public StepDraft(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions, Span<int> scratch)
    {
        Jobs = jobs;
        Decisions = decisions;
        Room = new(capacity);
        _picked = scratch;
        _rows = capacity.Rows;
        _share = Math.Max(1, capacity.Rows / Math.Max(1, Room.Slots));
        for (int i = 0; i < decisions.Length; i++)
            decisions[i] = new() { PricePerCu = decisions[i].PricePerCu };
    }

    public ReadOnlySpan<JobView> Jobs { get; }

    public Span<JobDecision> Decisions { get; }

    public StepRoom Room;

    public readonly bool IsEmpty => _count == 0;

    public readonly bool IsPicked(int job) => Decisions[job].Action == JobAction.Run;

    /// <summary>Whether there is room for a job. One that is alone may need more pages than there are.</summary>
    public readonly bool Fits(int job) => Room.Fits(Jobs[job]) || _count == 0 && Room.Slots > 0;

    /// <summary>Lets a job run.</summary>
    public void Pick(int job, long pricePerCu)
    {
        Room.Run(Jobs[job]);
        Decisions[job] = new() { Action = JobAction.Run, PricePerCu = pricePerCu };
        _picked[_count++] = job;
    }

    /// <summary>
    /// Gives rows to the jobs that run: those that decode one each, those that read an equal share first, and what is left in order of arrival, or in
    /// the order of picking. Then jobs that were not picked keep their pages as far as there is room.
    /// </summary>
    public void Finish(bool byArrival)
    {
        int rows = _rows;
        Span<int> picked = _picked[.._count];
        for (int rank = 0; rank < picked.Length; rank++)
        {
            ref JobDecision decision = ref Decisions[picked[rank]];
            decision.Rank = rank;
            decision.Rows = Math.Min(Jobs[picked[rank]].RowsWanted, _share);
            rows -= decision.Rows;
        }

        if (byArrival)
            picked.Sort();
        for (int i = 0; i < picked.Length && rows > 0; i++)
        {
            ref JobDecision decision = ref Decisions[picked[i]];
            int more = Math.Min(rows, Jobs[picked[i]].RowsWanted - decision.Rows);
            (decision.Rows, rows) = (decision.Rows + more, rows - more);
        }

        for (int i = 0; i < Jobs.Length; i++)
        {
            if (Jobs[i].State != JobState.Running || IsPicked(i))
                continue;
            if (Room.CanHold(Jobs[i]))
                Room.Hold(Jobs[i]);
            else
                Decisions[i].Action = JobAction.Release;
        }
    }
}
