using Spud.Generation;

namespace Spud.Server.Background;

/// <summary>A job of this server that has not ended: what can be done to it from outside.</summary>
/// <param name="stopping">Cancelled when the server ends.</param>
internal sealed class RunningJob(CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _cancelled = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _attempt;
    private Request? _request;

    /// <summary>Whether its client gave it up, or the server ends.</summary>
    public bool IsCancelled => _cancelled.IsCancellationRequested;

    /// <summary>The bid that the next attempt has; null for that of the job.</summary>
    public decimal? Bid { get; private set; }

    /// <summary>Begins an attempt.</summary>
    /// <returns>Cancelled when the attempt is to end.</returns>
    public CancellationToken BeginAttempt()
    {
        lock (_gate)
        {
            _attempt?.Dispose();
            _attempt = CancellationTokenSource.CreateLinkedTokenSource(_cancelled.Token);
            _request = null;
            return _attempt.Token;
        }
    }

    /// <summary>The request of the attempt.</summary>
    public void Runs(Request request)
    {
        lock (_gate)
            _request = request;
    }

    /// <summary>Ends it on behalf of its client.</summary>
    public void Cancel() => _cancelled.Cancel();

    /// <summary>Raises its bid: it enters the queue again with it, unless it already runs and has its price.</summary>
    public void Raise(decimal bid)
    {
        lock (_gate)
        {
            Bid = bid;
            if (_request is null or { State: RequestState.Waiting })
                _attempt?.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _attempt?.Dispose();
        _cancelled.Dispose();
    }
}
