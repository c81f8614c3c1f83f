using System.Collections.Concurrent;
using System.Text.Json;
using Spud.Accounts;
using Spud.Generation;
using Spud.Metering;
using Spud.Server.Chat;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Background;

/// <summary>
/// Runs jobs for which no client waits: they survive the server, which takes them up again at its next start. Also renews the lease on this
/// server's jobs, and learns in passing which of them are to be cancelled.
/// </summary>
internal sealed partial class JobRunner(ServerAccounts accounts, JobDesk desk, ModelShelf models, ServerSettings settings, ILogger<JobRunner> log) : BackgroundService
{
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, RunningJob> _open = new();
    private readonly ConcurrentDictionary<string, Task> _tasks = new();
    private CancellationToken _stopping;

    /// <summary>Runs a job that was submitted.</summary>
    public void Run(Job job) => _tasks[job.Id] = Task.Run(() => RunAsync(job), CancellationToken.None);

    /// <summary>The job, if it is open on this server; else null.</summary>
    public RunningJob? Find(string id) => _open.GetValueOrDefault(id);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        if (accounts.Store is not { } store)
            return;

        foreach (Job job in accounts.Requeued)
            Run(job);

        using PeriodicTimer timer = new(s_renewal);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                await RenewAsync(store).ConfigureAwait(false);
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
            foreach (Job job in await store.RenewLeaseAsync(_stopping).ConfigureAwait(false))
                Find(job.Id)?.Cancel();
        }
        catch (AccountsException fault) when (fault is not ServerReplacedException)
        {
            // The jobs go on; the next renewal may reach it.
            Unreachable(fault);
        }
    }

    private async Task RunAsync(Job job)
    {
        using RunningJob running = new(_stopping);
        _open[job.Id] = running;
        try
        {
            await RunAsync(job, running).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(job.Id, fault);
        }
        finally
        {
            _open.TryRemove(job.Id, out _);
            _tasks.TryRemove(job.Id, out _);
        }
    }

    private async Task RunAsync(Job job, RunningJob running)
    {
        AccountStore store = accounts.Store!;
        if (await OrderAsync(job, store).ConfigureAwait(false) is not { } order)
            return;

        JobTicket ticket = new(store, job.Id, order.Prices, _stopping) { IsKept = true };
        Ledger? ledger = null;
        try
        {
            while (true)
            {
                (Choice choice, ChatCall call) = await AttemptAsync(job, running, order, ticket, of => ledger = of.Ledger).ConfigureAwait(false);
                using ModelLease lease = call.Lease;
                if (choice.Request.Finish == FinishReason.Cancelled && !running.IsCancelled)
                    continue;

                string answer = JsonSerializer.Serialize(ChatCompletion.Of(call, [choice], Usage.Of([choice], order.Prices), settings.DuplicateReasoning), ChatJson.Default.ChatCompletion);
                await ticket.EndAsync(choice.Request.Ledger, choice.Request.Finish, null, answer).ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            await ticket.EndAsync(ledger, FinishReason.Cancelled, null).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            await ticket.EndAsync(ledger, FinishReason.Failed, Faults.Of(fault)).ConfigureAwait(false);
            throw;
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

    private async Task<(Choice Choice, ChatCall Call)> AttemptAsync(Job job, RunningJob running, Order order, JobTicket ticket, Action<Request> began)
    {
        CancellationToken cancellation = running.BeginAttempt();
        using JsonDocument request = JsonDocument.Parse(job.Request!);
        Fields fields = new(request.RootElement, "");
        ModelLease lease = await models.TakeAsync(job.Model, cancellation).ConfigureAwait(false);
        try
        {
            ChatCall call = ChatCall.Read(fields, lease, 1, order);
            call.Options.Job = call.Options.Job with { BidPerCu = running.Bid ?? job.Bid, QuotePerCu = job.Quote, Deadline = job.Deadline };
            Choice choice = call.Make(cancellation);
            running.Runs(choice.Request);
            began(choice.Request);
            await foreach (ChoicePiece piece in choice.ReadAsync().ConfigureAwait(false))
            {
                if (piece.Choice.Request.GeneratedTokens > 0)
                    await ticket.StartAsync().ConfigureAwait(false);
            }

            return (choice, call);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} failed")]
    private partial void Failed(string job, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the accounts cannot be reached")]
    private partial void Unreachable(Exception fault);
}
