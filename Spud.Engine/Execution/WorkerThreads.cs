using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Spud.Execution;

/// <summary>
/// A fork-join pool: the calling thread and <c>threads - 1</c> workers draw parts from one ticket. Workers spin for 50 microseconds
/// after a job and then park, so that a fork within a step costs under a microsecond and an idle pipeline uses no CPU time. Jobs of several threads take
/// turns.
/// </summary>
public sealed class WorkerThreads : WorkerPool, IDisposable
{
    // The ticket holds everything that decides which thread runs what, so that a late worker can never mix up two jobs:
    // generation (20 bits) | parts (22 bits) | next part (22 bits).
    private const int PartBits = 22;
    private const long PartMask = (1L << PartBits) - 1;
    private const int MaxParts = 1 << 20;
    private static readonly long s_spinTicks = Stopwatch.Frequency / 20_000;

    [ThreadStatic]
    private static WorkerThreads? t_pool;

    private readonly object _gate = new();
    private readonly Thread[] _workers;
    private unsafe delegate*<nint, int, int, void> _body;
    private nint _job;
    private long _ticket;
    private int _done;
    private int _parked;
    private bool _running;
    private volatile int _owner;
    private bool _stop;
    private long _parkedAfter = -1;
    private int _failedPart;
    private Exception? _failure;

    /// <param name="threads">Number of threads, including the caller's; at least 1.</param>
    public WorkerThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int worker = i + 1;
            _workers[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"spud worker {worker}" };
            _workers[i].Start();
        }
    }

    /// <inheritdoc/>
    public override int Threads { get; }

    /// <summary>Ends the workers. Must not be called while a job is running.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread worker in _workers)
            worker.Join();
    }

    /// <summary>Makes waiting workers sleep at once, so that a native library's threads have the processors.</summary>
    internal void Park() => Volatile.Write(ref _parkedAfter, Generation());

    /// <inheritdoc/>
    protected override unsafe void Fork(int parts, delegate*<nint, int, int, void> body, nint job)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, MaxParts);
        ObjectDisposedException.ThrowIf(_stop, this);
        if (Interlocked.Exchange(ref _running, true))
            WaitForTurn();

        _owner = Environment.CurrentManagedThreadId;
        try
        {
            if (parts <= 1 || Threads == 1)
            {
                for (int part = 0; part < parts; part++)
                    RunPart(body, job, part, worker: 0);
            }
            else
            {
                Share(parts, body, job);
            }

            ThrowFailure();
        }
        finally
        {
            // First, so that no thread takes itself for the owner after its job.
            _owner = 0;
            Volatile.Write(ref _running, false);
        }
    }

    // A model that is being loaded computes too, while the loop runs the steps of others.
    private void WaitForTurn()
    {
        if (_owner == Environment.CurrentManagedThreadId || t_pool == this)
            throw new InvalidOperationException("The worker pool is in use: it is not re-entrant, so a job may not fork.");

        SpinWait wait = default;
        while (Interlocked.Exchange(ref _running, true))
            wait.SpinOnce();
    }

    private unsafe void Share(int parts, delegate*<nint, int, int, void> body, nint job)
    {
        _body = body;
        (_job, _done) = (job, 0);
        long generation = (_ticket >> (2 * PartBits)) + 1;
        Interlocked.Exchange(ref _ticket, (generation << (2 * PartBits)) | ((long)parts << PartBits));
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_gate)
                Monitor.PulseAll(_gate);
        }

        RunParts(worker: 0);
        Join(parts);
    }

    private void Join(int parts)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _done) != parts)
        {
            // A worker that was preempted in the middle of its part needs this processor more than the spin does.
            if (Stopwatch.GetTimestamp() - start > s_spinTicks)
                Thread.Yield();
            else
                Thread.SpinWait(4);
        }
    }

    private unsafe void RunParts(int worker)
    {
        while (true)
        {
            long ticket = Interlocked.Increment(ref _ticket) - 1;
            int part = (int)(ticket & PartMask);
            if (part >= (int)((ticket >> PartBits) & PartMask))
                return;

            // The job cannot end before this part does, so body and job belong to the ticket.
            RunPart(_body, _job, part, worker);
            Interlocked.Increment(ref _done);
        }
    }

    private unsafe void RunPart(delegate*<nint, int, int, void> body, nint job, int part, int worker)
    {
        try
        {
            body(job, part, worker);
        }
        catch (Exception failure)
        {
            Fail(part, failure);
        }
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Fail(int part, Exception failure)
    {
        lock (_gate)
        {
            if (_failure is null || part < _failedPart)
                (_failure, _failedPart) = (failure, part);
        }
    }

    private void Work(int worker)
    {
        t_pool = this;
        long seen = 0;
        while (WaitForJob(ref seen))
            RunParts(worker);
    }

    private bool WaitForJob(ref long seen)
    {
        long start = Stopwatch.GetTimestamp();
        while (Generation() == seen)
        {
            if (Volatile.Read(ref _parkedAfter) != seen && Stopwatch.GetTimestamp() - start <= s_spinTicks)
            {
                Thread.SpinWait(4);
                continue;
            }

            if (!Park(seen))
                return false;
        }

        seen = Generation();
        return !_stop;
    }

    private bool Park(long seen)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _parked);
            while (Generation() == seen && !_stop)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _parked);
            return !_stop;
        }
    }

    private long Generation() => Volatile.Read(ref _ticket) >> (2 * PartBits);
}
