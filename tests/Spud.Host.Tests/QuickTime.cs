using System.Diagnostics;

namespace Spud.Host.Tests;

/// <summary>Upper bounds of times on a machine that others use too.</summary>
internal static class QuickTime
{
    private const int Tries = 20;

    /// <summary>
    /// Requires that something takes no longer than a limit. Other work on the machine only lengthens it, so it is tried again: what takes longer each time
    /// takes longer by itself.
    /// </summary>
    public static void Require(TimeSpan limit, string what, Action action)
    {
        TimeSpan quickest = TimeSpan.MaxValue;
        for (int i = 0; i < Tries && quickest > limit; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            action();
            quickest = watch.Elapsed < quickest ? watch.Elapsed : quickest;
        }

        Assert.True(quickest <= limit, $"{what} took {quickest.TotalMilliseconds:F0} ms in the quickest of {Tries} tries, expected at most {limit.TotalMilliseconds:F0} ms");
    }
}
