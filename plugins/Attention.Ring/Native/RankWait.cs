using System.Diagnostics;

namespace Attention.Ring.Native;

/// <summary>A wait for another rank. MPI has no event to wait for: it polls. Short waits keep the processor for the sake of latency, long ones give it up.</summary>
internal struct RankWait()
{
    private static readonly TimeSpan s_yielding = TimeSpan.FromMilliseconds(1), s_sleeping = TimeSpan.FromMilliseconds(100);

    // A process that was stopped has not waited in the meantime: what it waits for was perhaps stopped too.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private long _last = Stopwatch.GetTimestamp();

    /// <summary>How long it has waited.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Whether it has given up the processor.</summary>
    public readonly bool IsLong => Waited > s_sleeping;

    /// <summary>The other rank has given a sign of life: the wait begins again.</summary>
    public void Restart() => Waited = TimeSpan.Zero;

    /// <summary>Waits a little longer.</summary>
    public void Pause()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan passed = Stopwatch.GetElapsedTime(_last, now);
        Waited += passed < s_longestPause ? passed : s_longestPause;
        _last = now;
        if (IsLong)
            Thread.Sleep(1);
        else if (Waited > s_yielding)
            Thread.Yield();
    }
}
