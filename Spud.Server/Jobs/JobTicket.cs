using Spud.Accounts;
using Spud.Generation;
using Spud.Metering;

namespace Spud.Server.Jobs;

/// <summary>A job that was submitted: it is started with its first token, and ended, and charged, exactly once.</summary>
/// <param name="store">The accounts.</param>
/// <param name="id">The job.</param>
/// <param name="prices">The price list that applies; null for none.</param>
/// <param name="stopping">Cancelled when the server ends.</param>
internal sealed class JobTicket(AccountStore store, string id, PriceList? prices, CancellationToken stopping)
{
    private bool _started;

    /// <summary>The job.</summary>
    public string Id => id;

    /// <summary>Whether the answer is kept for a client that asks later, so that the job can be run again after a crash.</summary>
    public bool IsKept { get; init; }

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
    public Task EndAsync(Ledger? ledger, FinishReason finish, Exception? fault, string? answer = null)
    {
        // It is taken up again at the next start.
        if (IsKept && finish == FinishReason.Cancelled && stopping.IsCancellationRequested)
            return Task.CompletedTask;

        Receipt? receipt = ledger is { Tokens: > 0 } ? Receipt.Of(ledger, prices) : null;
        return store.EndAsync(id, End(receipt, finish, fault, answer), CancellationToken.None);
    }

    private JobEnd End(Receipt? receipt, FinishReason finish, Exception? fault, string? answer)
    {
        if (finish == FinishReason.Cancelled)
            return stopping.IsCancellationRequested ? JobEnd.HandedBack("the server ended") : JobEnd.Cancelled(receipt);
        if (fault is not null || finish is FinishReason.Refused or FinishReason.Failed || receipt is null)
            return JobEnd.Failed(fault?.Message ?? "nothing was computed", receipt, charge: receipt is null ? null : 0);

        return JobEnd.Finished(receipt, answer: answer);
    }
}
