using Spud;

namespace Scheduler.Market.Fair;

/// <summary>
/// One counter for each account: the FLOPs that were billed to it, divided by its weight. An account that had no jobs is lifted to the counter of
/// the account that is furthest behind, so that it gains nothing by having been away; if it is the first to return, to that of the one that was furthest ahead.
/// </summary>
internal sealed class AccountCounters
{
    private double[] _counters = [];
    private bool[] _wereActive = [], _areActive = [];
    private double _behind;

    public double this[int account] => _counters[account];

    /// <summary>Begins a call.</summary>
    public void Begin(int accounts)
    {
        Scratch.Grow(ref _counters, accounts);
        Scratch.Grow(ref _wereActive, accounts);
        Scratch.Grow(ref _areActive, accounts);
        (_wereActive, _areActive) = (_areActive, _wereActive);
        Array.Clear(_areActive);
    }

    /// <summary>Reads a job.</summary>
    public void Read(in JobView job)
    {
        _counters[job.Account] += job.StepFlops / job.Weight;
        _areActive[job.Account] |= job.State != JobState.Ended;
    }

    /// <summary>Lifts the accounts that return.</summary>
    public void End()
    {
        double least = double.PositiveInfinity, most = 0;
        for (int account = 0; account < _counters.Length; account++)
        {
            if (!_wereActive[account])
                continue;

            most = Math.Max(most, _counters[account]);
            if (_areActive[account])
                least = Math.Min(least, _counters[account]);
        }

        _behind = Math.Max(_behind, double.IsPositiveInfinity(least) ? most : least);
        for (int account = 0; account < _counters.Length; account++)
        {
            if (_areActive[account] && !_wereActive[account])
                _counters[account] = Math.Max(_counters[account], _behind);
        }
    }
}
