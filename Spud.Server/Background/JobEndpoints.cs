using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Spud.Accounts;
using Spud.Metering;
using Spud.Server.Chat;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;

namespace Spud.Server.Background;

/// <summary><c>/v1/jobs</c>: chats for which no client waits.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan s_watch = TimeSpan.FromMilliseconds(200);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/jobs", SubmitAsync);
        app.MapGet("/v1/jobs", ListAsync);
        app.MapGet("/v1/jobs/{id}", GetAsync);
        app.MapGet("/v1/jobs/{id}/events", WatchAsync);
        app.MapGet("/v1/jobs/{id}/receipt", ReceiptAsync);
        app.MapPost("/v1/jobs/{id}/cancel", CancelAsync);
        app.MapPost("/v1/jobs/{id}/bid", RaiseAsync);
    }

    private static async Task<JsonHttpResult<JobView>> SubmitAsync(HttpContext context, ServerAccounts accounts, JobDesk desk, JobRunner runner, ModelShelf models, Orders orders)
    {
        AccountStore store = Required(accounts);
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        Order order = await orders.OfAsync(context).ConfigureAwait(false);
        if (body.Fields.Flag("stream") ?? false)
            throw ApiException.Unsupported("stream", "nobody waits for the answer of a job; watch /v1/jobs/{id}/events.");

        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        ChatCall call = ChatCall.Read(body.Fields, lease, 1, order);

        // Whatever makes it impossible is said now, not later.
        call.Make(null, context.RequestAborted);
        call.Options.Job = order.Quoted(lease.Model, call.Options.Job);
        Job job = await store.SubmitAsync(desk.Submission(order.Caller, lease.Name, call.Options, order.Prices, body.Fields.Element.GetRawText()), context.RequestAborted).ConfigureAwait(false);
        runner.Run(job);
        context.Response.Headers.Location = $"/v1/jobs/{job.Id}";
        return Result(job, StatusCodes.Status202Accepted);
    }

    private static async Task<JsonHttpResult<JobList>> ListAsync(HttpContext context, ServerAccounts accounts)
    {
        List<Job> jobs = await Required(accounts).JobsAsync(new() { Account = Caller.Of(context).Account }, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(new JobList([.. jobs.Select(JobView.Of)]), JobJson.Default.JobList);
    }

    private static async Task<JsonHttpResult<JobView>> GetAsync(HttpContext context, string id, ServerAccounts accounts) => Result(await OwnAsync(context, id, accounts).ConfigureAwait(false));

    private static async Task WatchAsync(HttpContext context, string id, ServerAccounts accounts)
    {
        await OwnAsync(context, id, accounts).ConfigureAwait(false);
        EventStream stream = new(context.Response, context.RequestAborted);
        await foreach (Job job in Required(accounts).WatchAsync(id, s_watch, context.RequestAborted).ConfigureAwait(false))
            await stream.SendAsync(JobView.Of(job), JobJson.Default.JobView, "job").ConfigureAwait(false);
    }

    private static async Task<JsonHttpResult<Receipt>> ReceiptAsync(HttpContext context, string id, ServerAccounts accounts)
    {
        await OwnAsync(context, id, accounts).ConfigureAwait(false);
        StoredReceipt receipt = await Required(accounts).FindReceiptAsync(id, context.RequestAborted).ConfigureAwait(false)
            ?? throw new ApiException(StatusCodes.Status404NotFound, $"The job '{id}' has no receipt: it has not ended, or computed nothing.", null, "no_receipt");
        return TypedResults.Json(receipt.Receipt, ReceiptJson.Default.Receipt);
    }

    private static async Task<JsonHttpResult<JobView>> CancelAsync(HttpContext context, string id, ServerAccounts accounts, OpenJobs open)
    {
        await OwnAsync(context, id, accounts).ConfigureAwait(false);
        Job job = await Required(accounts).RequestCancelAsync(id, context.RequestAborted).ConfigureAwait(false);
        open.Find(id)?.Cancel();
        return Result(job);
    }

    private static async Task<JsonHttpResult<JobView>> RaiseAsync(HttpContext context, string id, ServerAccounts accounts, OpenJobs open)
    {
        await OwnAsync(context, id, accounts).ConfigureAwait(false);
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        decimal bid = body.Fields.Any("bid") is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out decimal given) ? given : throw body.Fields.Missing("bid", "a price per CU");
        Job job = await Required(accounts).RaiseBidAsync(id, bid, context.RequestAborted).ConfigureAwait(false);
        open.Find(id)?.Raise(bid);
        return Result(job);
    }

    // Jobs of others do not exist.
    private static async Task<Job> OwnAsync(HttpContext context, string id, ServerAccounts accounts) =>
        await Required(accounts).FindJobAsync(id, context.RequestAborted).ConfigureAwait(false) is { } job && job.Account == Caller.Of(context).Account
            ? job
            : throw new ApiException(StatusCodes.Status404NotFound, $"There is no job '{(id.Length > 100 ? id[..100] : id)}'.", null, "job_not_found");

    private static AccountStore Required(ServerAccounts accounts) =>
        accounts.Store ?? throw new ApiException(StatusCodes.Status404NotFound, "This server has no accounts, and so no jobs: start it with --accounts.", null, "no_accounts");

    private static JsonHttpResult<JobView> Result(Job job, int status = StatusCodes.Status200OK) => TypedResults.Json(JobView.Of(job), JobJson.Default.JobView, statusCode: status);
}
