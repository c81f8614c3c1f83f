using System.Diagnostics;

namespace Spud.Bench.Kernels;

/// <summary>The shortest of the runs that fit a time: other work on the machine can only lengthen one.</summary>
internal sealed class Best(int milliseconds)
{
    public double Seconds(Action work)
    {
        work();
        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long from = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds);
        return best;
    }

    /// <summary>
    /// The time of a good part (the best tenth) of work that streams through memory part after part: a whole pass is
    /// too long to go undisturbed on a busy machine.
    /// </summary>
    public double SecondsOfPart(int parts, Action<int> work)
    {
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int part = 0; part < parts; part++)
            {
                long from = Stopwatch.GetTimestamp();
                work(part);
                times.Add(Stopwatch.GetElapsedTime(from).TotalSeconds);
            }
        }
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 2 * milliseconds);
        times.Sort();
        return times[times.Count / 10];
    }

    /// <summary>As Seconds on two threads at once, each with its number.</summary>
    public double SecondsOnTwo(Action<int> work) => Seconds(() =>
    {
        var other = new Thread(() => work(1));
        other.Start();
        work(0);
        other.Join();
    });
}
