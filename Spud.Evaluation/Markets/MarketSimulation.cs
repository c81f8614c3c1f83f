using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Spud.Execution;

namespace Spud.Evaluation.Markets;

/// <summary>
/// A step loop without a model, in virtual time: jobs arrive as a scenario says, the scheduler decides as it does for a real loop, and
/// steps cost what the scenario's engine takes.
/// </summary>
public sealed class MarketSimulation
{
    private const double FlopsPerUnit = 1e9, NanosPerUnit = 1e9;
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(10);

    private readonly MarketScenario _scenario;
    private readonly JobScheduler _scheduler;
    private readonly SimulatedHardware _hardware;
    private readonly long _rowFlops;
    private readonly TimeSpan _end;
    private readonly List<SimulatedJob> _open = [];
    private readonly List<JobView> _views = [];
    private readonly List<JobDecision> _decisions = [];
    private TimeSpan _lastStep;

    /// <param name="scenario">The scenario.</param>
    /// <param name="scheduler">The scheduler; disposed by the caller.</param>
    /// <exception cref="FormatException">A trace cannot be read.</exception>
    public MarketSimulation(MarketScenario scenario, JobScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        (_scenario, _scheduler, _hardware, _end) = (scenario, scheduler, scenario.Engine, TimeSpan.FromSeconds(scenario.Seconds));
        _rowFlops = Math.Max(1, (long)(_hardware.RowComputeUnits * FlopsPerUnit));
        Accounts = [.. scenario.Streams.Select(static stream => stream.Account).Distinct()];
        Jobs = [.. ArrivalGenerator.Draw(scenario, Accounts, _rowFlops)];
        Meter = new(scenario, Accounts);
    }

    /// <summary>Names of the accounts.</summary>
    public ImmutableArray<string> Accounts { get; }

    internal ImmutableArray<SimulatedJob> Jobs { get; }

    internal MarketMeter Meter { get; }

    internal TimeSpan Now { get; private set; }

    /// <summary>Called after each step.</summary>
    internal Action? Stepped { get; set; }

    /// <summary>Runs to the end.</summary>
    public MarketResult Run(CancellationToken cancellation = default)
    {
        int next = 0;
        // The prices before the first job.
        Decide();
        while (Now < _end)
        {
            cancellation.ThrowIfCancellationRequested();
            for (; next < Jobs.Length && Jobs[next].Arrival <= Now; next++)
                Submit(Jobs[next], next);
            if (_open.Count == 0)
            {
                Now = next < Jobs.Length ? Jobs[next].Arrival : _end;
                continue;
            }

            Step();
            Stepped?.Invoke();
            EndLate();
        }

        return Meter.Result(_scheduler.Name, Jobs.AsSpan(0, next), _end);
    }

    private void Submit(SimulatedJob job, int id)
    {
        job.Id = id;
        long worth = (long)(job.ValuePerCu * NanosPerUnit), quote = job.Terms.Lane == JobLane.Floor ? _scheduler.Prices.Floor : _scheduler.Prices.Posted;
        job.PricePerCu = job.Terms.Bid is { } part ? (long)(job.ValuePerCu * part * NanosPerUnit) : quote;

        // Take it or leave it.
        if (job.Terms is { Bid: null, Lane: JobLane.Spot } && quote > worth)
            job.Ended = Now;
        else
            _open.Add(job);
    }

    private void Step()
    {
        int[] order = Decide();
        for (int i = 0; i < _open.Count; i++)
        {
            SimulatedJob job = _open[i];
            (job.Step, job.Last) = (0, _decisions[i]);
            if (job.State == JobState.Running && job.Last.Action == JobAction.Release)
                job.Release();
        }

        int rows = 0;
        foreach (int i in order)
        {
            if (_open[i].State == JobState.Waiting)
                _open[i].State = JobState.Running;
            rows += _open[i].Compute(_decisions[i].Rows, _rowFlops, Now);
        }

        _lastStep = rows == 0 ? s_idle : TimeSpan.FromMilliseconds(_hardware.StepMilliseconds + rows * _hardware.RowMilliseconds);
        Meter.Step(Now, _lastStep, CollectionsMarshal.AsSpan(_open), order.Length, _scheduler.Prices);
        Now += _lastStep;
        foreach (SimulatedJob job in _open)
            job.Ended ??= job.State == JobState.Ended ? Now : null;
    }

    /// <summary>Decides about the next step; those that ended are shown a last time, and leave.</summary>
    /// <returns>Indices of the jobs that run, in order.</returns>
    private int[] Decide()
    {
        _views.Clear();
        _decisions.Clear();
        foreach (SimulatedJob job in _open)
        {
            _views.Add(job.View(_hardware, _rowFlops));
            _decisions.Add(job.Last);
        }

        StepCapacity capacity = new()
        {
            Now = Now,
            LastStep = _lastStep,
            Accounts = Accounts.Length,
            Rows = _hardware.Rows,
            Sequences = _hardware.Sequences,
            Pages = _hardware.Pages,
            RowFlops = _rowFlops,
        };
        int[] order = [.. _scheduler.Decide(capacity, CollectionsMarshal.AsSpan(_views), CollectionsMarshal.AsSpan(_decisions))];
        if (_open.Exists(static job => job.State == JobState.Ended))
        {
            // Indices are those of the jobs that stay.
            int[] places = new int[_open.Count];
            int kept = 0;
            for (int i = 0; i < _open.Count; i++)
                places[i] = _open[i].State == JobState.Ended ? -1 : kept++;
            order = [.. order.Select(i => places[i])];
            for (int i = 0; i < places.Length; i++)
            {
                if (places[i] >= 0)
                    _decisions[places[i]] = _decisions[i];
            }

            _open.RemoveAll(static job => job.State == JobState.Ended);
            _decisions.RemoveRange(kept, _decisions.Count - kept);
        }

        return order;
    }

    private void EndLate()
    {
        foreach (SimulatedJob job in _open)
        {
            if (job.State != JobState.Ended && job.Deadline <= Now)
                (job.State, job.Ended) = (JobState.Ended, Now);
        }
    }
}
