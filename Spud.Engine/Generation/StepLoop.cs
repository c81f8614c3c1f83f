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
    private readonly List<EmbeddingRequest> _embeddings = [];
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
            _embeddings.ForEach(static embedding => embedding.Stop());
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
            Wake();
        }
    }

    /// <summary>Submits a text to embed.</summary>
    /// <exception cref="ObjectDisposedException">The loop has been disposed.</exception>
    internal void Submit(EmbeddingRequest embedding)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop, this);
            _embeddings.Add(embedding);
            Wake();
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
            _embeddings.FindAll(embedding => embedding.Engine == engine).ForEach(static embedding => embedding.Stop());
            while (_embeddings.Exists(embedding => embedding.Engine == engine))
                Monitor.Wait(_gate);

            if (_queues.Find(queue => queue.Engine == engine) is not { } queue)
                return;

            queue.CancelAll();
            while (queue.HasWork)
                Monitor.Wait(_gate);

            _queues.Remove(queue);
        }
    }

    private void Wake()
    {
        if (_thread is null)
        {
            _thread = new Thread(Work) { IsBackground = true, Name = "spud steps" };
            _thread.Start();
        }

        Monitor.PulseAll(_gate);
    }

    private void Work()
    {
        while (Next(out RequestQueue? queue, out EmbeddingRequest? embedding, out bool sharesEngine))
        {
            // A scheduler that lets all wait is asked again after a while: time may change its mind.
            if (queue is not null)
                queue.RestsUntil = queue.Step() ? 0 : Environment.TickCount64 + RestMilliseconds;

            // After the step: what it freed is not yet taken by a request that waits.
            bool ended = embedding?.Advance(sharesEngine) ?? false;
            if (!ended && queue is null or { HasWork: true })
                continue;

            lock (_gate)
            {
                if (ended)
                    _embeddings.Remove(embedding!);

                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits for work: a step of the model whose turn it is, and a part of a text to embed, preferably for the same model. False at the end.</summary>
    private bool Next(out RequestQueue? queue, out EmbeddingRequest? embedding, out bool sharesEngine)
    {
        lock (_gate)
        {
            while (true)
            {
                queue = Least();
                embedding = FirstEmbedding(queue?.Engine);
                sharesEngine = embedding is not null && HasRequests(embedding.Engine);
                if (queue is not null || embedding is not null)
                    return true;

                bool rests = _queues.Exists(static queue => queue.HasWork);
                if (_stop && !rests)
                    return false;

                Monitor.Wait(_gate, rests ? RestMilliseconds : Timeout.Infinite);
            }
        }
    }

    // No closures here: each step would allocate them.
    private EmbeddingRequest? FirstEmbedding(Engine? preferred)
    {
        foreach (EmbeddingRequest embedding in _embeddings)
        {
            if (embedding.Engine == preferred)
                return embedding;
        }

        return _embeddings.Count > 0 ? _embeddings[0] : null;
    }

    private bool HasRequests(Engine engine)
    {
        foreach (RequestQueue queue in _queues)
        {
            if (queue.Engine == engine && queue.HasWork)
                return true;
        }

        return false;
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
