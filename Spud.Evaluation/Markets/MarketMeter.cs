using System.Collections.Immutable;

namespace Spud.Evaluation.Markets;

/// <summary>Counts what a simulation is about.</summary>
internal sealed class MarketMeter
{
    private const double FlopsPerUnit = 1e9;
    private const int Samples = 240;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    private readonly MarketScenario _scenario;
    private readonly ImmutableArray<string> _accounts;
    private readonly double[] _weights, _served, _inWindow;
    private readonly bool[] _hasWaiting, _backlogged;
    private readonly List<MarketSample> _samples = [];
    private readonly List<double> _jain = [];
    private TimeSpan _windowEnd = s_window, _busy;
    private double _slotSeconds, _seconds;

    public MarketMeter(MarketScenario scenario, ImmutableArray<string> accounts)
    {
        (_scenario, _accounts) = (scenario, accounts);
        _weights = [.. accounts.Select(account => scenario.Weights.GetValueOrDefault(account, 1))];
        (_served, _inWindow) = (new double[accounts.Length], new double[accounts.Length]);
        (_hasWaiting, _backlogged) = (new bool[accounts.Length], new bool[accounts.Length]);
        Array.Fill(_backlogged, true);
    }

    /// <summary>CU that were billed to each account.</summary>
    public IReadOnlyList<double> Served => _served;

    /// <summary>Whether each account had a job that waited in the last step.</summary>
    public IReadOnlyList<bool> HasWaiting => _hasWaiting;

    public void Step(TimeSpan now, TimeSpan took, ReadOnlySpan<SimulatedJob> jobs, int running, in MarketPrices prices)
    {
        Array.Clear(_hasWaiting);
        foreach (SimulatedJob job in jobs)
        {
            _hasWaiting[job.Account] |= job.State == JobState.Waiting;
            _served[job.Account] += job.Step / FlopsPerUnit;
            _inWindow[job.Account] += job.Step / FlopsPerUnit;
        }

        for (int account = 0; account < _backlogged.Length; account++)
            _backlogged[account] &= _hasWaiting[account];
        if (now >= _windowEnd)
            CloseWindow(now);

        _busy += running > 0 ? took : TimeSpan.Zero;
        bool isShort = _hasWaiting.AsSpan().Contains(true);
        (_slotSeconds, _seconds) = (_slotSeconds + (isShort ? running * took.TotalSeconds : 0), _seconds + (isShort ? took.TotalSeconds : 0));
        if (now.TotalSeconds >= _samples.Count * _scenario.Seconds / Samples)
            _samples.Add(Sample(now, jobs, prices));
    }

    public MarketResult Result(string scheduler, ReadOnlySpan<SimulatedJob> jobs, TimeSpan end)
    {
        SimulatedJob[] all = jobs.ToArray();
        AccountOutcome[] accounts = [.. _accounts.Select((name, i) => AccountOutcome.Of(name, _weights[i], [.. all.Where(job => job.Account == i)], end, _scenario.StarvedAfterSeconds))];
        return new()
        {
            Scenario = _scenario.Name,
            Scheduler = scheduler,
            Seconds = end.TotalSeconds,
            Seed = _scenario.Seed,
            Accounts = [.. accounts],
            ValueServed = accounts.Sum(static account => account.ValueServed),
            ValueOffered = accounts.Sum(static account => account.ValueOffered),
            Revenue = accounts.Sum(static account => account.Paid),
            Starved = accounts.Sum(static account => account.Starved),
            JainMean = _jain.Count > 0 ? _jain.Average() : null,
            JainLeast = _jain.Count > 0 ? _jain.Min() : null,
            Busy = _busy / end,
            SlotsUsed = _seconds > 0 ? _slotSeconds / _seconds / Math.Min(_scenario.Engine.Sequences, _scenario.Engine.Rows) : null,
            Samples = [.. _samples],
        };
    }

    /// <summary>Jain's index: 1 if all get equal amounts, 1/n if one gets everything.</summary>
    public static double JainOf(IReadOnlyCollection<double> amounts)
    {
        double sum = amounts.Sum(), squares = amounts.Sum(static amount => amount * amount);
        return squares == 0 ? 1 : sum * sum / (amounts.Count * squares);
    }

    // Over the accounts that had waiting jobs all the time.
    private void CloseWindow(TimeSpan now)
    {
        double[] shares = [.. Enumerable.Range(0, _accounts.Length).Where(account => _backlogged[account]).Select(account => _inWindow[account] / _weights[account])];
        if (shares.Length > 1)
            _jain.Add(JainOf(shares));
        Array.Clear(_inWindow);
        Array.Fill(_backlogged, true);
        _windowEnd = now + s_window;
    }

    private MarketSample Sample(TimeSpan now, ReadOnlySpan<SimulatedJob> jobs, in MarketPrices prices)
    {
        int[] waiting = new int[_accounts.Length];
        foreach (SimulatedJob job in jobs)
            waiting[job.Account] += job.State == JobState.Waiting ? 1 : 0;
        return new() { Seconds = now.TotalSeconds, Clearing = prices.Clearing / FlopsPerUnit, Posted = prices.Posted / FlopsPerUnit, Served = [.. _served], Waiting = [.. waiting] };
    }
}
