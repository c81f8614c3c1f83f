using Spud.Accounts;
using Spud.Generation;
using Spud.Metering;

namespace Spud.Server.Jobs;

/// <summary>
/// A job that was submitted: it is started with its first token, and ended, and charged, exactly once. Whoever wants something of it from outside, while it
/// is open, finds it in <see cref="OpenJobs"/>.
/// </summary>
/// <param name="store">The accounts.</param>
/// <param name="id">The job.</param>
/// <param name="open">Knows it until it has ended.</param>
/// <param name="stopping">Cancelled when the server ends.</param>
internal sealed class JobTicket(AccountStore store, string id, OpenJobs open, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _gate = new();
    private Request? _request;
    private decimal? _bid;
    private bool _started, _isDisposed;

    /// <summary>The job.</summary>
    public string Id => id;

    /// <summary>The price list that applies; null for none.</summary>
    public PriceList? Prices { get; set; }

    /// <summary>Whether the answer is kept for a client that asks later, so that the job can be run again after a crash.</summary>
    public bool IsKept { get; init; }

    /// <summary>Cancelled when the job is to end at once: its client gave it up, or another server has it.</summary>
    public CancellationToken Stopped => _stopped.Token;

    /// <summary>Whether another server has the job, so that this one neither ends nor charges it.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The request that generates its text.</summary>
    public void Runs(Request request)
    {
        lock (_gate)
        {
            _request = request;
            if (_bid is { } bid)
                request.RaiseBid(bid);
        }
    }

    /// <summary>Its bid was raised: the scheduler sees that at the next step, or when the job gets its model.</summary>
    public void Raise(decimal bid)
    {
        lock (_gate)
        {
            _bid = bid;
            _request?.RaiseBid(bid);
        }
    }

    /// <summary>Ends it on behalf of its client.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            if (!_isDisposed)
                _stopped.Cancel();
        }
    }

    /// <summary>Stops it without an end, because another server has it.</summary>
    public void Lose()
    {
        IsLost = true;
        Cancel();
    }

    /// <summary>Notes that it runs.</summary>
    public async ValueTask StartAsync()
    {
        if (_started)
            return;

        await store.StartAsync(id, CancellationToken.None).ConfigureAwait(false);
        _started = true;
    }

    /// <summary>Ends it: what it used is charged, and the rest of the reservation goes back.</summary>
    /// <param name="ledger">What it used; null for nothing.</param>
    /// <param name="finish">Why it ended.</param>
    /// <param name="fault">Why it failed; null if it did not.</param>
    /// <param name="answer">The result, if it is kept.</param>
    public async Task EndAsync(Ledger? ledger, FinishReason finish, Exception? fault, string? answer = null)
    {
        try
        {
            // One that is kept is taken up again at the next start.
            if (IsLost || IsKept && finish == FinishReason.Cancelled && stopping.IsCancellationRequested)
                return;

            Receipt? receipt = ledger is { Tokens: > 0 } ? Receipt.Of(ledger, Prices) : null;
            await store.EndAsync(id, End(receipt, finish, fault, answer), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Forgets the job, which has ended or is taken up again later.</summary>
    public void Dispose()
    {
        open.Remove(this);
        lock (_gate)
        {
            _isDisposed = true;
            _stopped.Dispose();
        }
    }

    private JobEnd End(Receipt? receipt, FinishReason finish, Exception? fault, string? answer)
    {
        if (finish == FinishReason.Expired)
            return JobEnd.Expired(receipt);
        if (finish == FinishReason.Cancelled)
            return stopping.IsCancellationRequested ? JobEnd.HandedBack("the server ended") : JobEnd.Cancelled(receipt);
        if (fault is not null || finish is FinishReason.Refused or FinishReason.Failed || receipt is null)
            return JobEnd.Failed(fault?.Message ?? "nothing was computed", receipt, charge: receipt is null ? null : 0);

        return JobEnd.Finished(receipt, answer: answer);
    }
}
