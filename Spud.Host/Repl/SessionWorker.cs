using System.Threading.Channels;

namespace Spud.Host.Repl;

/// <summary>Runs a session on its own thread, so that a screen never waits: posted lines are entered in order. Events are reported on this thread.</summary>
internal sealed class SessionWorker : IDisposable
{
    private readonly Session _session;
    private readonly Channel<Action<CancellationToken>> _work = Channel.CreateUnbounded<Action<CancellationToken>>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly CancellationTokenSource _entered = new();
    private Action<SessionEvent>? _trial;
    private CancellationTokenSource _cancellation = new();
    private int _waiting;

    /// <param name="session">Used only by this thread from now on; disposed by the caller, after this.</param>
    public SessionWorker(Session session)
    {
        _session = session;
        _thread = new(Work) { IsBackground = true, Name = "session" };
        _thread.Start();
    }

    /// <summary>Whether an operation is running or waiting.</summary>
    public bool IsBusy => Volatile.Read(ref _waiting) > 0;

    /// <summary>Number of operations that wait for the running one.</summary>
    public int Waiting => Math.Max(0, Volatile.Read(ref _waiting) - 1);

    /// <summary>Loads the first pipeline.</summary>
    /// <param name="trial">Receives the events of trial answers, which run until the first line is entered; null for no trials.</param>
    public void Open(Action<SessionEvent>? trial) => Post(_ =>
    {
        if (_session.TryOpen())
            _trial = trial;
    });

    /// <summary>Enters a line; see <see cref="Session.Enter"/>.</summary>
    public void Post(string line)
    {
        Post(cancellation => _session.Enter(line, cancellation));
        _entered.Cancel();
    }

    /// <summary>Stops the current operation and drops waiting ones.</summary>
    public void Cancel()
    {
        lock (_gate)
            _cancellation.Cancel();
    }

    /// <summary>Stops the current operation and ends the thread.</summary>
    public void Dispose()
    {
        _work.Writer.TryComplete();
        _entered.Cancel();
        Cancel();
        _thread.Join();
        _cancellation.Dispose();
        _entered.Dispose();
    }

    private void Post(Action<CancellationToken> work)
    {
        Interlocked.Increment(ref _waiting);
        if (!_work.Writer.TryWrite(work))
            Interlocked.Decrement(ref _waiting);
    }

    private void Work()
    {
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out Action<CancellationToken>? work))
                Do(work);

            if (Interlocked.Exchange(ref _trial, null) is { } trial)
                _session.WarmUp(trial, _entered.Token);
        }
    }

    private void Do(Action<CancellationToken> work)
    {
        CancellationToken token = _cancellation.Token;
        if (!token.IsCancellationRequested)
            work(token);
        if (Interlocked.Decrement(ref _waiting) == 0)
            Renew();
    }

    private void Renew()
    {
        lock (_gate)
        {
            if (!_cancellation.TryReset())
            {
                _cancellation.Dispose();
                _cancellation = new();
            }
        }
    }
}
