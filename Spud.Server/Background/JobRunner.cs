using System.Collections.Concurrent;
using System.Text.Json;
using Spud.Accounts;
using Spud.Generation;
using Spud.Server.Chat;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Background;

/// <summary>
/// Runs jobs for which no client waits: they survive the server. Also renews the lease on this server's jobs, learns in passing which of them are to be
/// cancelled or were lost, and takes up those of its former run and of servers that are gone.
/// </summary>
internal sealed partial class JobRunner(ServerAccounts accounts, JobDesk desk, OpenJobs open, ModelShelf models, ServerSettings settings, ILogger<JobRunner> log) : BackgroundService
{
    // As long as timers can.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(40);

    // A lease survives some renewals that fail.
    private readonly TimeSpan _renewal = TimeSpan.FromSeconds(settings.LeaseSeconds / 6);
    private readonly string[] _models = [.. models.All.Select(static model => model.Name)];
    private readonly ConcurrentDictionary<JobTicket, Task> _tasks = new();
    private CancellationToken _stopping;

    /// <summary>Runs a job that was submitted.</summary>
    public void Run(Job job)
    {
        JobTicket ticket = desk.Take(job.Id);
        Task task = _tasks[ticket] = Task.Run(() => RunAsync(job, ticket), CancellationToken.None);
        _ = task.ContinueWith(_ => _tasks.TryRemove(ticket, out Task? _), TaskScheduler.Default);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        if (accounts.Store is not { } store)
            return;

        using PeriodicTimer timer = new(_renewal);
        try
        {
            do
                await RenewAsync(store).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_tasks.Values).ConfigureAwait(false);
        }
    }

    private async Task RenewAsync(AccountStore store)
    {
        try
        {
            LeaseRenewal renewal = await store.RenewLeaseAsync(open.Ids, _stopping).ConfigureAwait(false);
            foreach (HeldJob job in renewal.Held)
                Follow(job);
            foreach (string id in renewal.Lost)
                Lose(id);

            Recovery recovery = await store.RecoverAsync(_models, _stopping).ConfigureAwait(false);
            foreach (Job job in recovery.Requeued)
                Run(job);
            if (recovery is { Requeued.Count: > 0 } or { Ended.Count: > 0 })
                Recovered(recovery.Requeued.Count, recovery.Ended.Count);
        }
        catch (AccountsException fault) when (fault is not ServerReplacedException)
        {
            // The jobs go on; the next renewal may reach it.
            Unreachable(fault);
        }
    }

    // Clients may ask any server of the same accounts.
    private void Follow(HeldJob job)
    {
        JobTicket? ticket = open.Find(job.Id);
        if (job.CancelRequested)
            ticket?.Cancel();
        if (job.Bid is { } bid)
            ticket?.Raise(bid);
    }

    private void Lose(string id)
    {
        if (open.Find(id) is not { } ticket)
            return;

        ticket.Lose();
        Lost(id);
    }

    private async Task RunAsync(Job job, JobTicket ticket)
    {
        try
        {
            if (await OrderAsync(job, accounts.Store!).ConfigureAwait(false) is { } order)
                await AnswerAsync(job, ticket, order).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(job.Id, fault);
        }
        finally
        {
            ticket.Dispose();
        }
    }

    // Waits for a database that is gone: nobody else would run the job. Null if the server ends first; the next start takes it up.
    private async Task<Order?> OrderAsync(Job job, AccountStore store)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Caller caller = new(job.Account, job.Key, await store.FindAccountAsync(job.Account, CancellationToken.None).ConfigureAwait(false));
                return new(caller, job.PriceList is null ? null : await accounts.PricesAsync(caller, CancellationToken.None).ConfigureAwait(false), desk);
            }
            catch (DatabaseUnavailableException fault)
            {
                Unreachable(fault);
            }
        }

        return null;
    }

    private async Task AnswerAsync(Job job, JobTicket ticket, Order order)
    {
        ticket.Prices = order.Prices;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ticket.Stopped, _stopping);
        Request? request = null;
        try
        {
            using JsonDocument body = JsonDocument.Parse(job.Request!);
            using ModelLease lease = await LeaseAsync(job, stop.Token).ConfigureAwait(false);
            ChatCall call = ChatCall.Read(new(body.RootElement, ""), lease, 1, order);
            call.Options.Job = call.Options.Job with { BidPerCu = job.Bid, QuotePerCu = job.Quote, Deadline = job.Deadline };
            Choice choice = call.Make(job.Id, stop.Token);
            request = choice.Request;
            ticket.Runs(request);
            await foreach (ChoicePiece piece in choice.ReadAsync().ConfigureAwait(false))
            {
                if (piece.Choice.Request.GeneratedTokens > 0)
                    await ticket.StartAsync().ConfigureAwait(false);
            }

            string answer = JsonSerializer.Serialize(ChatCompletion.Of(call, [choice], Usage.Of([choice], order.Prices), settings.DuplicateReasoning), ChatJson.Default.ChatCompletion);
            await ticket.EndAsync(request.Ledger, request.Finish, null, answer).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Its model came too late, if nothing else ended it.
            await ticket.EndAsync(request?.Ledger, stop.IsCancellationRequested ? FinishReason.Cancelled : FinishReason.Expired, null).ConfigureAwait(false);
        }
        catch (ApiException expired) when (expired.Code == ApiException.Expired)
        {
            await ticket.EndAsync(request?.Ledger, FinishReason.Expired, null).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            await ticket.EndAsync(request?.Ledger, FinishReason.Failed, Faults.Of(fault)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ModelLease> LeaseAsync(Job job, CancellationToken cancellation)
    {
        using CancellationTokenSource expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (job.Deadline - DateTimeOffset.UtcNow is { } left && left < s_longestWait)
            expiry.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left);

        return await models.TakeAsync(job.Model, expiry.Token).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "jobs of a server that is gone: {Requeued} are run here, {Ended} have ended")]
    private partial void Recovered(int requeued, int ended);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} was lost to another server, because the lease of this one had run out")]
    private partial void Lost(string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} failed")]
    private partial void Failed(string job, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the accounts cannot be reached")]
    private partial void Unreachable(Exception fault);
}
