using Spud.Execution;

namespace Spud.Generation;

/// <summary>
/// Resources shared by the models of a process: worker threads, and one thread that runs the steps of all their requests, so that two pools never
/// compete for the processors. Models take turns according to the compute they used. The loop never waits for a reader.
/// </summary>
public sealed class StepLoop : IDisposable
{
    private const int RestMilliseconds = 5;

    private readonly object _gate = new();
    private readonly List<RequestQueue> _queues = [];
    private Thread? _thread;
    private bool _stop;

    /// <summary>Creates a loop for one or more models; it starts with the first request.</summary>
    /// <param name="threads">Number of compute threads, including the loop's own; at least 1.</param>
    public StepLoop(int threads) => Workers = new(threads);

    internal WorkerThreads Workers { get; }

    /// <summary>Ends all requests, then the threads. Models that share the loop must be disposed before it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stop)
                return;

            _stop = true;
            _queues.ForEach(static queue => queue.CancelAll());
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        Workers.Dispose();
    }

    /// <summary>Submits a request.</summary>
    /// <exception cref="ObjectDisposedException">The loop has been disposed.</exception>
    internal void Submit(Request request)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop, this);
            RequestQueue? queue = _queues.Find(queue => queue.Engine == request.Engine);
            if (queue is null)
                _queues.Add(queue = new(request.Engine));

            // A model that was idle does not catch up on what the others used meanwhile.
            if (!queue.HasWork && Least() is { } least)
                queue.Spent = Math.Max(queue.Spent, least.Spent);

            queue.Submit(request);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "spud steps" };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>What is done for an engine.</summary>
    internal LoopStatus StatusOf(Engine engine)
    {
        lock (_gate)
            return (_queues.Find(queue => queue.Engine == engine) ?? new RequestQueue(engine)).Status;
    }

    /// <summary>Ends the requests of an engine, which is no longer used when this returns.</summary>
    internal void End(Engine engine)
    {
        lock (_gate)
        {
            if (_queues.Find(queue => queue.Engine == engine) is not { } queue)
                return;

            queue.CancelAll();
            while (queue.HasWork)
                Monitor.Wait(_gate);

            _queues.Remove(queue);
        }
    }

    private void Work()
    {
        while (Next() is { } queue)
        {
            // A scheduler that lets all wait is asked again after a while: time may change its mind.
            queue.RestsUntil = queue.Step() ? 0 : Environment.TickCount64 + RestMilliseconds;
            if (queue.HasWork)
                continue;

            lock (_gate)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for a model with work and returns the one whose turn it is; null at the end.</summary>
    private RequestQueue? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (Least() is { } queue)
                    return queue;

                bool rests = _queues.Exists(static queue => queue.HasWork);
                if (_stop && !rests)
                    return null;

                Monitor.Wait(_gate, rests ? RestMilliseconds : Timeout.Infinite);
            }
        }
    }

    private RequestQueue? Least()
    {
        RequestQueue? least = null;
        long now = Environment.TickCount64;
        foreach (RequestQueue queue in _queues)
        {
            if (queue.HasWork && queue.RestsUntil <= now && (least is null || queue.Spent < least.Spent))
                least = queue;
        }

        return least;
    }
}
