using System.Runtime.InteropServices;
using Spud.Execution;
using Xunit;

namespace Spud.Conformance.Scheduling;

/// <summary>A loop without a model: every row costs the same, and a step takes 10 ms. A decision that breaks a rule fails the test.</summary>
internal sealed class SchedulerRig : IDisposable
{
    public const int PageTokens = 16;
    public const long RowFlops = 100_000_000;

    private readonly List<string> _faults = [];
    private readonly JobScheduler _scheduler;
    private readonly List<JobView> _views = [];
    private readonly List<JobDecision> _decisions = [];
    private TimeSpan _now;

    /// <param name="create">Makes the scheduler; receives what is told if it breaks a rule.</param>
    public SchedulerRig(Func<Action<string>, JobScheduler> create) => _scheduler = create(_faults.Add);

    public int Rows { get; init; } = 64;

    public int Sequences { get; init; } = 8;

    public int Pages { get; init; } = 256;

    public List<RigJob> Jobs { get; } = [];

    /// <summary>The decisions of the last step, in the order of <see cref="Jobs"/> before those that ended were removed.</summary>
    public List<JobDecision> Decisions => _decisions;

    public IEnumerable<RigJob> Running => Jobs.Where(static job => job is { State: JobState.Running, Last.Action: JobAction.Run });

    public void Dispose() => _scheduler.Dispose();

    /// <summary>Decides about one step, and computes it.</summary>
    public void Step()
    {
        Look();
        int[] order = [.. Decide()];
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
        for (int i = Jobs.Count - 1; i >= 0; i--)
            Apply(Jobs[i], _decisions[i]);
        foreach (int i in order)
            Compute(Jobs[i], _decisions[i].Rows);
        Jobs.RemoveAll(static job => job.State == JobState.Ended && job.Step == 0);
        _now += TimeSpan.FromMilliseconds(10);
    }

    /// <summary>Takes down what the scheduler sees.</summary>
    public void Look()
    {
        _views.Clear();
        _decisions.Clear();
        foreach (RigJob job in Jobs)
        {
            _views.Add(job.View(PageTokens, RowFlops));
            _decisions.Add(job.Last);
        }
    }

    /// <summary>Calls the scheduler with what was taken down.</summary>
    public ReadOnlySpan<int> Decide()
    {
        StepCapacity capacity = new()
        {
            Now = _now,
            LastStep = _now > TimeSpan.Zero ? TimeSpan.FromMilliseconds(10) : default,
            Accounts = 64,
            Rows = Rows,
            Sequences = Sequences,
            Pages = Pages,
            RowFlops = RowFlops,
        };
        return _scheduler.Decide(capacity, CollectionsMarshal.AsSpan(_views), CollectionsMarshal.AsSpan(_decisions));
    }

    private static void Apply(RigJob job, JobDecision decision)
    {
        (job.Step, job.Last) = (0, decision);
        if (job.State == JobState.Ended)
            return;
        if (decision.Action == JobAction.Run)
            job.State = JobState.Running;
        else if (decision.Action == JobAction.Release)
            (job.State, job.Kept) = (JobState.Waiting, 0);
    }

    private static void Compute(RigJob job, int rows)
    {
        int read = Math.Min(rows, Math.Max(1, job.TokensToRead));
        job.Kept += read;
        job.Step = Math.Max(0, job.Kept - job.Billed) * RowFlops;
        job.Billed = Math.Max(job.Billed, job.Kept);
        job.Spent += job.Step;
        if (job.TokensToRead > 0)
            return;

        if (++job.Produced == job.OutputTokens)
            (job.State, job.Kept) = (JobState.Ended, 0);
    }
}
