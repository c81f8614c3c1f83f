using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Spud.Accounts;
using Spud.Metering;
using Spud.Server.Tests.Hostile;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

/// <summary>
/// What happens to jobs from outside while a server has them: bids are raised, deadlines pass, other servers die or take over. The server has two models,
/// of which one is in memory.
/// </summary>
public sealed class TakenJobTests : IAsyncLifetime
{
    private const string Large = "large", Small = "small";
    private const string Endless = """ "ignore_eos": true, "budget": 2000, "messages": [{ "role": "user", "content": "Count." }] }""";
    private const string Expired = "Its deadline passed before it was complete.";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private JobServer? _jobs;
    private TestServer? _server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => _folder.File("accounts.db");

    private JobServer Jobs => _jobs!;

    private TestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _jobs = await JobServer.CreateAsync(Database);
        _server = await TestServer.StartAsync(
            $"--Serve:Accounts={Database}", "--Serve:ServerName=here", "--Serve:LeaseSeconds=1.2", $"--Serve:DefaultModel={Large}",
            $"--Serve:Models:{Large}:Model={TestData.DefaultModel}", $"--Serve:Models:{Large}:Set:0=scheduler.use=auction",
            $"--Serve:Models:{Small}:Model={TestServer.Stories}", $"--Serve:Models:{Small}:ChatTemplate=chatml", $"--Serve:Models:{Small}:Set:0=scheduler.use=auction");
        Server.Client.DefaultRequestHeaders.Authorization = Jobs.Authorization;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Jobs.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Jobs_of_a_server_that_has_died_are_run_by_one_that_runs_if_it_has_their_model()
    {
        using (AccountStore dying = await OtherAsync(TimeProvider.System))
        {
            await dying.SubmitAsync(Left("for another model", "nowhere"), Cancel);
            await dying.SubmitAsync(Left("begun", Small), Cancel);
            await dying.StartAsync("begun", Cancel);
            await dying.SubmitAsync(Left("waited for", Small) with { Request = null }, Cancel);
        }

        Job[] ended = await Jobs.EndsAsync(["begun", "waited for"]);
        Assert.Equal([(JobStatus.Finished, 2), (JobStatus.HandedBack, 0)], ended.Select(static job => (job.Status, job.Attempt)));
        Assert.Equal("elsewhere", (await Jobs.Store.FindJobAsync("for another model", Cancel))!.Server);
        Assert.Equal("begun", Assert.Single(await Jobs.Store.ReceiptsAsync(new(), Cancel)).Job);
    }

    [Fact]
    public async Task A_server_that_has_lost_its_jobs_stops_them_and_charges_nobody()
    {
        string job = await JobServer.SubmitAsync(Server.Client, $$"""{ {{Endless}}""");
        Task<JsonElement> answer = Server.RefusedAsync(503, ChatPath, $$"""{ {{Endless}}""");
        await UntilAsync(async () => (await ShownAsync()).Count(static shown => shown.State == "decoding") == 2);

        // For one whose clock is an hour ahead, the lease of the other has run out.
        using AccountStore other = await OtherAsync(new FastClock());
        Recovery recovery = await other.RecoverAsync(Cancel);
        Assert.Equal((job, JobStatus.HandedBack), (Assert.Single(recovery.Requeued).Id, Assert.Single(recovery.Ended).Status));
        Assert.Equal("job_lost", (await answer).GetProperty("code").GetString());
        await UntilAsync(async () => (await ShownAsync()).Length == 0);
        Assert.Equal((JobStatus.Queued, "elsewhere"), await Jobs.Store.FindJobAsync(job, Cancel) is { } open ? (open.Status, open.Server) : default);

        await other.EndAsync(job, JobEnd.Cancelled(), Cancel);
        Assert.Empty(await Jobs.Store.ReceiptsAsync(new(), Cancel));
        await Jobs.RequireBooksAsync();
    }

    [Fact]
    public async Task A_bid_that_is_raised_while_the_job_waits_for_its_model_does_not_end_it()
    {
        string keeps = await JobServer.SubmitAsync(Server.Client, $$"""{ {{Endless}}""");
        await UntilAsync(async () => (await ShownAsync()).Any(static shown => shown.State == "decoding"));
        using (AccountStore dying = await OtherAsync(TimeProvider.System))
            await dying.SubmitAsync(Left("waits", Small) with { Bid = 0.001m, Lane = JobLane.Spot, Request = Body("\"bid\": 0.001,") }, Cancel);

        await UntilAsync(async () => (await Jobs.Store.FindJobAsync("waits", Cancel))!.Server == "here");
        Assert.Equal(0.002m, (await Server.AnswerAsync("/v1/jobs/waits/bid", """{ "bid": 0.002 }""")).GetProperty("bid").GetDecimal());
        await Server.AnswerAsync($"/v1/jobs/{keeps}/cancel", "{}");
        Job[] ended = await Jobs.EndsAsync([keeps, "waits"]);
        Assert.Equal([(JobStatus.Cancelled, 0), (JobStatus.Finished, 0.002m)], ended.Select(static job => (job.Status, job.Bid ?? 0)));
        Assert.InRange((await Jobs.Store.FindReceiptAsync("waits", Cancel))!.Receipt.Market!.Prices[^1].PricePerCu, 0, 0.002m);
    }

    [Fact]
    public async Task A_bid_is_raised_while_the_job_runs_with_or_without_a_client_and_by_way_of_the_database()
    {
        string id = await JobServer.SubmitAsync(Server.Client, $$"""{ "bid": 0.001, {{Endless}}""");
        Task<JsonElement> answer = Server.RefusedAsync(409, ChatPath, $$"""{ "bid": 0.001, {{Endless}}""");
        await UntilAsync(async () => (await ShownAsync()).Count(static shown => shown.State == "decoding") == 2);
        string waitedFor = (await ShownAsync()).Single(shown => shown.Id != id).Id;
        foreach (string job in (string[])[id, waitedFor])
            await Server.AnswerAsync($"/v1/jobs/{job}/bid", """{ "bid": 0.002 }""");
        Assert.All(await ShownAsync(), static shown => Assert.Equal(0.002m, shown.Bid));

        // Asked of another server, this one learns it with its lease.
        await Jobs.Store.RaiseBidAsync(id, 0.003m, Cancel);
        await UntilAsync(async () => (await ShownAsync()).Single(shown => shown.Id == id).Bid == 0.003m);
        await Jobs.Store.RequestCancelAsync(id, Cancel);
        await Server.AnswerAsync($"/v1/jobs/{waitedFor}/cancel", "{}");
        Assert.Equal("job_cancelled", (await answer).GetProperty("code").GetString());
        Assert.Equal([(JobStatus.Cancelled, 0.003m), (JobStatus.Cancelled, 0.002m)], (await Jobs.EndsAsync([id, waitedFor])).Select(static job => (job.Status, job.Bid ?? 0)));
        await Jobs.RequireBooksAsync();
    }

    [Fact]
    public async Task A_job_ends_at_its_deadline_whether_it_runs_or_waits_for_its_model()
    {
        string runs = await JobServer.SubmitAsync(Server.Client, $$"""{ "deadline": 4, {{Endless}}""");
        await UntilAsync(async () => (await ShownAsync()).Length > 0);
        using (AccountStore dying = await OtherAsync(TimeProvider.System))
            await dying.SubmitAsync(Left("waits", Small) with { Deadline = DateTimeOffset.UtcNow.AddSeconds(3) }, Cancel);

        Job[] ended = await Jobs.EndsAsync([runs, "waits"]);
        Assert.All(ended, static job => Assert.Equal((JobStatus.Cancelled, Expired), (job.Status, job.Reason)));
        StoredReceipt receipt = Assert.Single(await Jobs.Store.ReceiptsAsync(new(), Cancel));
        Assert.Equal((runs, ended[0].Charge, RequestOutcome.Expired), (receipt.Job, receipt.Charge, receipt.Receipt.Outcome));
        Assert.True(ended[0].Charge > 0);
        await Jobs.RequireBooksAsync();
    }

    private static JobSubmission Left(string id, string model) => new() { Id = id, Account = "ann", Model = model, ComputeUnits = 5, Request = Body() };

    // Another server of the same accounts, which soon counts as dead.
    private async Task<AccountStore> OtherAsync(TimeProvider clock)
    {
        AccountStore store = await AccountStore.OpenAsync(new() { Database = Database, Clock = clock, Lease = TimeSpan.FromMilliseconds(100) }, Cancel);
        await store.BecomeServerAsync("elsewhere", Cancel);
        return store;
    }

    // What the page shows of the texts that are open.
    private async Task<(string Id, string State, decimal? Bid)[]> ShownAsync()
    {
        JsonElement status = await Server.Client.GetFromJsonAsync<JsonElement>(new Uri("/status", UriKind.Relative), Cancel);
        return [.. status.GetProperty("jobs").EnumerateArray().Select(static job => (job.GetProperty("id").GetString()!, job.GetProperty("state").GetString()!, job.GetProperty("bid") is { ValueKind: JsonValueKind.Number } bid ? bid.GetDecimal() : (decimal?)null))];
    }

    private static async Task UntilAsync(Func<Task<bool>> happened)
    {
        for (long start = Stopwatch.GetTimestamp(); !await happened(); await Task.Delay(10, Cancel))
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, "it has not happened");
    }

    private sealed class FastClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}
