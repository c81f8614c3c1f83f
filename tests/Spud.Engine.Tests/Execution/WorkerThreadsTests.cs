using System.Diagnostics;
using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution;

[Collection(Alone.Name)]
public sealed class WorkerThreadsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Workers_that_were_sent_to_park_do_every_part_of_the_next_job(int threads)
    {
        using WorkerThreads pool = new(threads);
        CountJob job = new() { Counts = new int[24], Workers = threads };
        for (int fork = 1; fork <= 500; fork++)
        {
            pool.Park();
            pool.Run(24, ref job);
            Assert.All(job.Counts, count => Assert.Equal(fork, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Every_part_of_a_million_forks_runs_exactly_once(int threads)
    {
        using WorkerThreads pool = new(threads);
        CountJob job = new() { Counts = new int[24], Workers = threads };
        long[] expected = new long[24];
        Random random = new(threads);
        Stopwatch watch = Stopwatch.StartNew();
        int forks = 0;
        // On a crowded machine a join waits for its turn: there the time ends the test, not the count.
        for (; forks < 1_000_000 && (forks < 2_000 || watch.ElapsedMilliseconds < 3_000); forks++)
        {
            int parts = random.Next(0, 24);
            for (int part = 0; part < parts; part++)
                expected[part]++;

            pool.Run(parts, ref job);
            Assert.Equal(parts == 0 ? 0 : expected[parts - 1], parts == 0 ? 0 : job.Counts[parts - 1]);
        }

        Assert.Equal(expected, job.Counts.Select(count => (long)count));
        Assert.False(job.SawWrongWorker);
        output.WriteLine($"{threads} threads: {forks} forks");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_lowest_failing_part_wins_after_all_parts_have_run(int threads)
    {
        using WorkerThreads pool = new(threads);
        for (int round = 0; round < 200; round++)
        {
            FailingJob job = new() { Ran = new int[12], Failing = [9, 4, 7] };
            ToyFailure failure = Assert.Throws<ToyFailure>(() => pool.Run(12, ref job));
            Assert.Equal(4, failure.Part);
            Assert.All(job.Ran, ran => Assert.Equal(1, ran));

            FailingJob healthy = new() { Ran = new int[12], Failing = [] };
            pool.Run(12, ref healthy);
            Assert.All(healthy.Ran, ran => Assert.Equal(1, ran));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Parked_workers_are_woken_every_time(int threads)
    {
        using WorkerThreads pool = new(threads);
        Random random = new(5);
        for (int round = 0; round < 60; round++)
        {
            // All parts meet: one worker that sleeps through the fork would fail this.
            MeetingJob job = new() { Parts = threads, Arrived = new int[1] };
            pool.Run(threads, ref job);
            Assert.Equal(threads, job.Arrived[0]);
            Thread.Sleep(random.Next(0, 3));
        }
    }

    [Fact]
    public void Idle_workers_burn_no_processor_time()
    {
        HashSet<int> others = [.. Times().Keys];
        using WorkerThreads pool = new(8);
        MeetingJob job = new() { Parts = 8, Arrived = new int[1] };
        pool.Run(8, ref job);
        Thread.Sleep(50);

        // A thread of the runtime may have come too: the quietest of some intervals counts.
        Dictionary<int, double> before = Times();
        int[] workers = [.. before.Keys.Except(others)];
        Assert.InRange(workers.Length, 7, int.MaxValue);
        double least = double.MaxValue;
        for (int interval = 0; interval < 5 && least > 0; interval++)
        {
            Thread.Sleep(300);
            Dictionary<int, double> after = Times();
            least = Math.Min(least, workers.Sum(id => after.GetValueOrDefault(id, before[id]) - before[id]));
            before = after;
            workers = [.. workers.Where(before.ContainsKey)];
        }

        output.WriteLine($"7 idle workers: {least:F1} ms of processor time in 300 ms");
        Assert.InRange(least, 0, 10);

        static Dictionary<int, double> Times()
        {
            using Process process = Process.GetCurrentProcess();
            Dictionary<int, double> times = [];
            foreach (ProcessThread thread in process.Threads)
            {
                try
                {
                    times[thread.Id] = thread.TotalProcessorTime.TotalMilliseconds;
                }
                catch (InvalidOperationException)
                {
                    // It ended while it was asked.
                }
            }

            return times;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_job_that_forks_is_refused_and_the_pool_goes_on(int threads)
    {
        using WorkerThreads pool = new(threads);
        NestedJob job = new() { Pool = pool };
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => pool.Run(4, ref job));
        Assert.Contains("not re-entrant", refusal.Message);

        CountJob after = new() { Counts = new int[4], Workers = threads };
        pool.Run(4, ref after);
        Assert.Equal([1, 1, 1, 1], after.Counts);
    }

    // A server that loads a model while another one answers: both failed with "the worker pool is in use".
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Jobs_of_two_threads_take_turns(int threads)
    {
        using WorkerThreads pool = new(threads);
        int[][] counts = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(ForkOften, TaskCreationOptions.LongRunning)));
        Assert.All(counts, static counts => Assert.All(counts, static count => Assert.Equal(2_000, count)));

        int[] ForkOften()
        {
            CountJob job = new() { Counts = new int[6], Workers = threads };
            for (int fork = 0; fork < 2_000; fork++)
                pool.Run(6, ref job);

            return job.Counts;
        }
    }

    [Fact]
    public void Disposal_ends_the_threads_and_a_later_fork_is_refused()
    {
        int before = ThreadsNamed();
        WorkerThreads pool = new(4);
        CountJob job = new() { Counts = new int[4], Workers = 4 };
        pool.Run(4, ref job);
        pool.Dispose();
        pool.Dispose();
        // A joined thread leaves the process a moment later, also one of an earlier test.
        Assert.True(SpinWait.SpinUntil(() => ThreadsNamed() <= before, TimeSpan.FromSeconds(20)));
        Assert.Throws<ObjectDisposedException>(() => pool.Run(4, ref job));

        static int ThreadsNamed() => Directory.Exists("/proc/self/task")
            ? Directory.EnumerateDirectories("/proc/self/task").Count(task => ReadName(task).StartsWith("spud worker", StringComparison.Ordinal))
            : 0;

        static string ReadName(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm"));
            }
            catch (IOException)
            {
                return ""; // it ended meanwhile
            }
        }
    }

    [Fact]
    public void Numbers_of_parts_and_threads_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerThreads(0));
        using WorkerThreads pool = new(2);
        CountJob job = new() { Counts = [], Workers = 2 };
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run(-1, ref job));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run((1 << 20) + 1, ref job));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_fork_costs_no_managed_byte(int threads)
    {
        using WorkerThreads pool = new(threads);
        CountJob job = new() { Counts = new int[threads], Workers = threads };
        for (int i = 0; i < 20_000; i++)
            pool.Run(threads, ref job);

        // What the runtime allocates now and then may fall into one of the batches; what a fork allocates falls into each.
        double best = double.MaxValue;
        long least = long.MaxValue;
        for (int batch = 0; batch < 100; batch++)
        {
            long bytes = GC.GetTotalAllocatedBytes(true), start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 200; i++)
                pool.Run(threads, ref job);

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / 200);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - bytes);
        }

        Assert.Equal(0, least);
        output.WriteLine($"{threads} threads: {best:F3} microseconds a fork (best of 100 batches of 200)");
    }

    private struct CountJob : IJob
    {
        public required int[] Counts { get; init; }

        public required int Workers { get; init; }

        public bool SawWrongWorker { get; private set; }

        public void Run(int part, int worker)
        {
            Counts[part]++;
            if ((uint)worker >= (uint)Workers)
                SawWrongWorker = true;
        }
    }

    private readonly struct FailingJob : IJob
    {
        public required int[] Ran { get; init; }

        public required int[] Failing { get; init; }

        public void Run(int part, int worker)
        {
            Ran[part]++;
            if (Failing.Contains(part))
                throw new ToyFailure(part);
        }
    }

    private readonly struct MeetingJob : IJob
    {
        public required int Parts { get; init; }

        public required int[] Arrived { get; init; }

        public void Run(int part, int worker)
        {
            Interlocked.Increment(ref Arrived[0]);
            Stopwatch watch = Stopwatch.StartNew();
            while (Volatile.Read(ref Arrived[0]) < Parts)
            {
                if (watch.Elapsed.TotalSeconds > 30)
                    throw new TimeoutException($"{Arrived[0]} of {Parts} workers came");

                Thread.Yield();
            }
        }
    }

    private readonly struct NestedJob : IJob
    {
        public required WorkerPool Pool { get; init; }

        public void Run(int part, int worker)
        {
            NestedJob inner = this;
            Pool.Run(1, ref inner);
        }
    }

    private sealed class ToyFailure(int part) : Exception
    {
        public int Part => part;
    }
}
