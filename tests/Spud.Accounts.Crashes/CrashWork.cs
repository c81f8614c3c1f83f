namespace Spud.Accounts.Crashes;

/// <summary>A server that runs random jobs until it is killed. It says what was acknowledged: that may never be lost.</summary>
/// <param name="target">The database.</param>
/// <param name="seed">Makes the jobs' ids.</param>
internal sealed class CrashWork(string target, int seed)
{
    private const int Workers = 4, Checked = 20;

    private readonly Lock _gate = new();

    /// <summary>Runs jobs without end.</summary>
    public async Task RunAsync()
    {
        using AccountStore store = await OpenAsync().ConfigureAwait(false);
        Say("begin", "");
        await RecoverAsync(store).ConfigureAwait(false);
        await RepeatAsync(store).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(store, worker))).ConfigureAwait(false);
    }

    /// <summary>Ends all jobs that others left.</summary>
    public async Task DrainAsync()
    {
        using AccountStore store = await OpenAsync().ConfigureAwait(false);
        await RecoverAsync(store).ConfigureAwait(false);
    }

    private async Task<AccountStore> OpenAsync()
    {
        AccountStore store = await AccountStore.OpenAsync(new() { Database = target, Patience = TimeSpan.FromMinutes(1) }).ConfigureAwait(false);
        await store.BecomeServerAsync("crashing").ConfigureAwait(false);
        return store;
    }

    private async Task RecoverAsync(AccountStore store)
    {
        foreach (Job job in (await store.RecoverAsync().ConfigureAwait(false)).Requeued)
            await EndAsync(store, new(job.Id)).ConfigureAwait(false);
    }

    // What a caller does that was killed before it learned of its success.
    private static async Task RepeatAsync(AccountStore store)
    {
        foreach (StoredReceipt receipt in await store.ReceiptsAsync(new() { Maximum = Checked }).ConfigureAwait(false))
        {
            CrashJob job = new(receipt.Job);
            await store.SubmitAsync(job.Submission).ConfigureAwait(false);
            await store.EndAsync(job.Id, job.End).ConfigureAwait(false);
            try
            {
                await store.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(39), 0.02m)).ConfigureAwait(false);
                throw new InvalidOperationException($"{job.Id} ended twice");
            }
            catch (JobConflictException)
            {
                // As it must be.
            }
        }
    }

    private async Task WorkAsync(AccountStore store, int worker)
    {
        for (int number = 0; ; number++)
        {
            CrashJob job = new($"job-{seed}-{worker}-{number}");
            await store.SubmitAsync(job.Submission).ConfigureAwait(false);
            Say("submitted", job.Id);
            if (job.IsRaised)
                await store.RaiseBidAsync(job.Id, job.RaisedBid).ConfigureAwait(false);
            if (!job.IsLeft)
                await EndAsync(store, job).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(AccountStore store, CrashJob job)
    {
        await store.StartAsync(job.Id).ConfigureAwait(false);
        await store.EndAsync(job.Id, job.End).ConfigureAwait(false);
        Say("ended", job.Id);
    }

    private void Say(string what, string id)
    {
        lock (_gate)
        {
            Console.Out.WriteLine($"{what} {id}");
            Console.Out.Flush();
        }
    }
}
