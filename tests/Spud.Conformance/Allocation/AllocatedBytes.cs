namespace Spud.Conformance.Allocation;

/// <summary>Counts what calls allocate on the threads of a pool, including the calling thread.</summary>
internal static class AllocatedBytes
{
    private const int WarmUp = 30;
    private const int Attempts = 3;

    /// <summary>The minimum of three rounds, after some to warm up: what a call allocates, it allocates every time.</summary>
    public static long Of(WorkerPool pool, Action call)
    {
        for (int i = 0; i < WarmUp; i++)
            call();

        long least = long.MaxValue;
        SampleJob before = new() { Bytes = new long[pool.Threads], Begun = new int[1] }, after = new() { Bytes = new long[pool.Threads], Begun = new int[1] };
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            (before.Begun[0], after.Begun[0]) = (0, 0);
            // As many parts as workers, and none ends before all have begun: so each worker has one.
            pool.Run(pool.Threads, ref before);
            call();
            pool.Run(pool.Threads, ref after);
            least = Math.Min(least, after.Bytes.Sum() - before.Bytes.Sum());
        }

        return least;
    }

    private struct SampleJob : IJob
    {
        public required long[] Bytes;
        public required int[] Begun;

        public readonly void Run(int part, int worker)
        {
            Interlocked.Increment(ref Begun[0]);
            SpinWait spin = default;
            while (Volatile.Read(ref Begun[0]) < Bytes.Length)
                spin.SpinOnce(sleep1Threshold: -1);

            Bytes[worker] = GC.GetAllocatedBytesForCurrentThread();
        }
    }
}
