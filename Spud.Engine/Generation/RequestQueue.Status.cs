using System.Diagnostics;

namespace Spud.Generation;

/// <summary>Figures of the loop, which other threads read at any time.</summary>
internal sealed partial class RequestQueue
{
    private long _steps, _rows, _generated, _releases, _stepTicks, _allStepTicks, _schedulingTicks, _stepStart;
    private long _windowStart, _windowTokens;
    private double _tokensPerSecond;
    private int _runningNow;
    private object _prices = default(MarketPrices);

    public LoopStatus Status
    {
        get
        {
            long started = Volatile.Read(ref _stepStart);
            (int open, int running) = (_open.Count, Volatile.Read(ref _runningNow));
            (long pages, long free, long kept) = engine.Parts.Pages.CountPages();
            return new()
            {
                Waiting = Math.Max(0, open - running),
                Running = running,
                Steps = Volatile.Read(ref _steps),
                Rows = Volatile.Read(ref _rows),
                GeneratedTokens = Volatile.Read(ref _generated),
                TokensPerSecond = running == 0 ? 0 : Volatile.Read(ref _tokensPerSecond),
                Releases = Volatile.Read(ref _releases),
                Pages = pages,
                FreePages = free,
                KeptPages = kept,
                KeptTexts = engine.Kept.Count,
                Prices = (MarketPrices)Volatile.Read(ref _prices),
                StepTime = Stopwatch.GetElapsedTime(0, Volatile.Read(ref _allStepTicks)),
                SchedulingTime = Stopwatch.GetElapsedTime(0, Volatile.Read(ref _schedulingTicks)),
                LastStep = Stopwatch.GetElapsedTime(0, Volatile.Read(ref _stepTicks)),
                CurrentStep = started == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(started),
            };
        }
    }

    private long BeginStep()
    {
        long now = Stopwatch.GetTimestamp();
        if (_runningNow == 0)
            (_windowStart, _windowTokens) = (now, _generated);

        Volatile.Write(ref _stepStart, now);
        return now;
    }

    private void EndStep(long start)
    {
        long now = Stopwatch.GetTimestamp();
        _steps++;
        Volatile.Write(ref _stepTicks, now - start);
        _allStepTicks += now - start;
        Volatile.Write(ref _runningNow, _running.Count);
        Volatile.Write(ref _stepStart, 0);
        TellPrices();
        if (now - _windowStart >= Stopwatch.Frequency)
        {
            Volatile.Write(ref _tokensPerSecond, (double)(_generated - _windowTokens) * Stopwatch.Frequency / (now - _windowStart));
            (_windowStart, _windowTokens) = (now, _generated);
        }
    }

    // Boxed, so that other threads see all of them or none.
    private void TellPrices()
    {
        MarketPrices now = _jobs.Prices, before = (MarketPrices)Volatile.Read(ref _prices);
        if ((now.Floor, now.Posted, now.Reserve, now.Clearing) != (before.Floor, before.Posted, before.Reserve, before.Clearing))
            Volatile.Write(ref _prices, now);
    }
}
