using Spud.Plugins;

namespace Spud.Execution;

/// <summary>
/// A scheduler as the loop calls it: what it decides is checked, and if it throws or breaks a rule, that is said once and <c>fifo</c> decides from
/// then on.
/// </summary>
public sealed class JobScheduler : IDisposable
{
    private readonly Action<string>? _log;
    private IScheduler _scheduler;
    private int[] _order = [];
    private volatile bool _isDeciding;

    /// <param name="scheduler">Disposed with this object.</param>
    /// <param name="name">Its name, for people.</param>
    /// <param name="log">Told once if it is faulty.</param>
    internal JobScheduler(IScheduler scheduler, string name, Action<string>? log) => (_scheduler, Name, _log) = (scheduler, name, log);

    /// <summary>Name of the scheduler that decides: "plugin-id/name", or "fifo".</summary>
    public string Name { get; private set; }

    /// <summary>How its plugin registered it; null for the built-in one.</summary>
    internal RegisteredComponent? Registered { get; set; }

    /// <summary>Its bound options; null likewise.</summary>
    internal object? Options { get; set; }

    /// <summary>Whether it has been asked and has not answered yet. May be read by any thread.</summary>
    public bool IsDeciding => _isDeciding;

    /// <summary>The prices that hold since the last call.</summary>
    public MarketPrices Prices { get; private set; }

    /// <summary>Decides about the next step.</summary>
    /// <param name="capacity">See <see cref="IScheduler.Decide"/>, as for the others.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="decisions">On entry, the last decisions; on return, those for the next step.</param>
    /// <returns>Indices of the jobs that run, in the order in which the step is filled; valid until the next call.</returns>
    public ReadOnlySpan<int> Decide(scoped in StepCapacity capacity, scoped ReadOnlySpan<JobView> jobs, scoped Span<JobDecision> decisions)
    {
        if (_order.Length < jobs.Length)
            _order = new int[Math.Max(jobs.Length, 2 * _order.Length)];

        string? fault;
        _isDeciding = true;
        try
        {
            Prices = _scheduler.Decide(capacity, jobs, decisions);
            fault = DecisionCheck.FaultOf(capacity, jobs, decisions, Prices, _order);
        }
        catch (Exception thrown)
        {
            // Plugin code may throw anything; whatever it is, jobs must go on.
            fault = $"it threw {PluginException.Describe(thrown)}";
        }
        finally
        {
            _isDeciding = false;
        }

        if (fault is not null)
        {
            Replace(fault);
            Prices = _scheduler.Decide(capacity, jobs, decisions);
        }

        return Ordered(jobs, decisions);
    }

    /// <summary>Disposes the scheduler.</summary>
    public void Dispose() => _scheduler.Dispose();

    private void Replace(string fault)
    {
        _log?.Invoke($"scheduler '{Name}': {fault} Jobs are served by '{FifoScheduler.Name}', in order of arrival, until the pipeline is loaded again.");
        try
        {
            _scheduler.Dispose();
        }
        catch (Exception second)
        {
            _log?.Invoke($"scheduler '{Name}': Dispose threw {PluginException.Describe(second)}");
        }

        (_scheduler, Name, Registered, Options) = (new FifoScheduler(), FifoScheduler.Name, null, null);
    }

    // Ranks are different and below the number of jobs, but need not be consecutive.
    private ReadOnlySpan<int> Ordered(scoped ReadOnlySpan<JobView> jobs, scoped ReadOnlySpan<JobDecision> decisions)
    {
        Span<int> order = _order.AsSpan(0, jobs.Length);
        order.Fill(jobs.Length);
        for (int i = 0; i < jobs.Length; i++)
        {
            if (DecisionCheck.Runs(jobs[i], decisions[i]))
                order[decisions[i].Rank] = i;
        }

        int count = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            if (order[rank] < jobs.Length)
                order[count++] = order[rank];
        }

        return order[..count];
    }
}
