using Spud.Evaluation.Markets;

namespace Scheduler.Market.Tests.Fair;

/// <summary>
/// Over any time in which two accounts both have waiting jobs: the difference of what they got, by weight, against the bound of docs/market.md. With the
/// counters' difference bounded by <c>B = lead + rows * (1/w1 + 1/w2)</c> rows, what they gain on each other in any interval is at most 2 B.
/// </summary>
internal sealed class BoundWatch
{
    private readonly MarketSimulation _simulation;
    private readonly double[] _weights;
    private readonly double[,] _least, _most;
    private readonly bool[,] _since;
    private readonly double _leadUnits, _stepUnits;

    public BoundWatch(MarketSimulation simulation, MarketScenario scenario, int leadRows)
    {
        int accounts = simulation.Accounts.Length;
        (_simulation, _least, _most, _since) = (simulation, new double[accounts, accounts], new double[accounts, accounts], new bool[accounts, accounts]);
        _weights = [.. simulation.Accounts.Select(account => scenario.Weights.GetValueOrDefault(account, 1))];
        (_leadUnits, _stepUnits) = (leadRows * scenario.Engine.RowComputeUnits, scenario.Engine.Rows * scenario.Engine.RowComputeUnits);
    }

    /// <summary>The largest difference, in parts of its bound.</summary>
    public double Worst { get; private set; }

    public string WorstPair { get; private set; } = "";

    public void Look()
    {
        for (int one = 0; one < _weights.Length; one++)
        {
            for (int two = one + 1; two < _weights.Length; two++)
                Look(one, two);
        }
    }

    private void Look(int one, int two)
    {
        double difference = _simulation.Meter.Served[one] / _weights[one] - _simulation.Meter.Served[two] / _weights[two];
        bool both = _simulation.Meter.HasWaiting[one] && _simulation.Meter.HasWaiting[two];
        if (both)
        {
            // From the end of the first step in which both had waiting jobs.
            _least[one, two] = _since[one, two] ? Math.Min(_least[one, two], difference) : difference;
            _most[one, two] = _since[one, two] ? Math.Max(_most[one, two], difference) : difference;
            double bound = 2 * (_leadUnits + _stepUnits * (1 / _weights[one] + 1 / _weights[two]));
            double part = (_most[one, two] - _least[one, two]) / bound;
            if (part > Worst)
                (Worst, WorstPair) = (part, $"{_simulation.Accounts[one]} and {_simulation.Accounts[two]} at {_simulation.Now.TotalSeconds:F2} s");
        }

        _since[one, two] = both;
    }
}
