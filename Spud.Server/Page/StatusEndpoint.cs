using Microsoft.AspNetCore.Http.HttpResults;
using Spud.Accounts;
using Spud.Server.Generation;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Operations;

namespace Spud.Server.Page;

/// <summary><c>GET /status</c>: what the page shows. Totals are of the whole server; jobs, receipts and balance are the caller's own.</summary>
internal static class StatusEndpoint
{
    private const int ShownJobs = 20, ShownReceipts = 10;

    /// <summary>The status of the server.</summary>
    /// <param name="context">The request.</param>
    /// <param name="models">The models.</param>
    /// <param name="readiness">The state.</param>
    /// <param name="admission">Counts answers.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="history">The past.</param>
    /// <param name="after">Number of the last sample that the caller knows.</param>
    public static async Task<JsonHttpResult<ServerStatus>> GetAsync(HttpContext context, ModelShelf models, Readiness readiness, Admission admission, ServerAccounts accounts, StatusHistory history, long after = 0)
    {
        Caller caller = Caller.Of(context);
        context.Response.Headers.CacheControl = "no-store";
        ServerStatus status = new(
            readiness.State,
            admission.Open,
            [.. models.All.Select(static model => new ModelStatus(model.Name, model.Bytes, model.Loading is { IsCompletedSuccessfully: true } loading ? LoopView.Of(loading.Result.Status) : null))],
            history.After(after),
            caller.Details is { } account ? new(account.Name, account.Balance, account.Escrow, account.Currency) : null,
            [.. models.All.SelectMany(static model => model.Texts.Open.Select(text => (text, model.Name))).Where(job => job.text.Terms.Account == caller.Account).Take(ShownJobs).Select(static job => JobStatusView.Of(job.text, job.Name))],
            await ReceiptsAsync(models, accounts, caller, context.RequestAborted).ConfigureAwait(false));
        return TypedResults.Json(status, StatusJson.Default.ServerStatus);
    }

    private static async Task<ReceiptStatus[]> ReceiptsAsync(ModelShelf models, ServerAccounts accounts, Caller caller, CancellationToken cancellation)
    {
        if (accounts.Store is not { } store)
            return [.. models.All.SelectMany(static model => model.Texts.Ended.Select(text => ReceiptStatus.Of(text, model.Name))).OrderByDescending(static receipt => receipt.Made).Take(ShownReceipts)];

        List<StoredReceipt> stored = await store.ReceiptsAsync(new() { Account = caller.Account, Maximum = ShownReceipts }, cancellation).ConfigureAwait(false);
        return [.. stored.Select(ReceiptStatus.Of)];
    }
}
