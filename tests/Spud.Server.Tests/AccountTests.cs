using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Spud.Accounts;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

/// <summary>A server with accounts: keys, jobs, receipts and limits.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private const string Prices = """{ "name": "test", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 0.01 }] }""";

    private readonly TempFolder _folder = new();
    private AccountStore? _store;
    private TestServer? _server;
    private string _key = "";

    private AccountStore Store => _store!;

    private TestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        string file = _folder.File("accounts.db");
        _store = await AccountStore.OpenAsync(new() { Database = file });
        await Store.AddAccountAsync(new() { Name = "ann", Currency = "EUR" });
        await Store.AddAccountAsync(new() { Name = "bob", Currency = "EUR" });
        await Store.DepositAsync("ann", 100);
        await Store.AddPriceListAsync(Prices);
        _key = (await Store.AddKeyAsync("ann", "test")).Secret;
        _server = await TestServer.StartAsync($"--Serve:Accounts={file}", "--Serve:DefaultBudget=1", "--Serve:Origins:0=https://example.org");
        Server.Client.DefaultRequestHeaders.Authorization = new("Bearer", _key);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Everything_but_health_needs_a_key()
    {
        using HttpClient nobody = new() { BaseAddress = Server.Address };
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        foreach (string path in (string[])["/v1/models", "/v1/jobs", "/nope"])
        {
            using HttpResponseMessage refused = await nobody.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Bearer", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
        }

        foreach (string key in (string[])["x", "Bearer", _key[..^1] + (_key[^1] == 'a' ? 'b' : 'a')])
        {
            nobody.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using HttpResponseMessage refused = await nobody.GetAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Contains("invalid_api_key", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    // A browser sends no key with the request that asks whether it may send one.
    [Fact]
    public async Task A_preflight_needs_no_key_and_allows_one()
    {
        using HttpClient browser = new() { BaseAddress = Server.Address };
        using HttpRequestMessage asks = new(HttpMethod.Options, ChatPath);
        asks.Headers.Add("Origin", "https://example.org");
        asks.Headers.Add("Access-Control-Request-Method", "POST");
        asks.Headers.Add("Access-Control-Request-Headers", "authorization");
        using HttpResponseMessage answer = await browser.SendAsync(asks, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains("authorization", string.Join(',', answer.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("https://example.org", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData(ChatPath, "\"stream\": false,")]
    [InlineData("/v1/completions", "\"prompt\": \"Once upon a time\",")]
    [InlineData("/v1/responses", "\"input\": \"Once upon a time\",")]
    [InlineData("/v1/embeddings", "\"input\": \"Once upon a time\",")]
    public async Task An_answer_is_a_job_that_is_charged_once(string path, string field)
    {
        await Server.AnswerAsync(path, Body(field));
        Job job = Assert.Single(await Store.JobsAsync(new() { Account = "ann" }, cancel: TestContext.Current.CancellationToken));
        StoredReceipt receipt = Assert.Single(await Store.ReceiptsAsync(new() { Account = "ann" }, cancel: TestContext.Current.CancellationToken));
        Assert.Equal(JobStatus.Finished, job.Status);
        Assert.True(receipt.Charge > 0);
        Assert.Equal(100 - receipt.Charge, (await Store.FindAccountAsync("ann", cancel: TestContext.Current.CancellationToken))!.Balance);
    }

    [Fact]
    public async Task The_price_in_the_answer_is_what_is_charged()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true, \"n\": 2, \"stream_options\": { \"include_usage\": true },"));
        decimal price = chunks[^1].GetProperty("usage").GetProperty("compute").GetProperty("price").GetProperty("amount").GetDecimal();
        List<StoredReceipt> receipts = await Store.ReceiptsAsync(new() { Account = "ann" }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(2, receipts.Count);
        Assert.Equal(price, receipts.Sum(static receipt => receipt.Charge));
    }

    [Fact]
    public async Task Who_has_no_money_or_is_over_a_limit_is_told_so()
    {
        await Store.WithdrawAsync("ann", 100, cancel: TestContext.Current.CancellationToken);
        Assert.Equal("insufficient_quota", (await Server.RefusedAsync(429, ChatPath, Body())).GetProperty("code").GetString());
        await Store.DepositAsync("ann", 100, cancel: TestContext.Current.CancellationToken);
        await Store.ChangeAccountAsync("ann", static account => account with { Limits = new() { ComputeUnitsPerMinute = 0.5m } }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal("rate_limit_exceeded", (await Server.RefusedAsync(429, ChatPath, Body())).GetProperty("code").GetString());
        using HttpResponseMessage refused = await Server.PostAsync(ChatPath, Body(), cancellation: TestContext.Current.CancellationToken);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        await Store.ChangeAccountAsync("ann", static account => account with { Limits = new() { ComputeUnitsPerRequest = 0.1m } }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal("budget_exceeded", (await Server.RefusedAsync(400, ChatPath, Body("\"budget\": 0.5,"))).GetProperty("code").GetString());
        Assert.Equal(100, (await Store.FindAccountAsync("ann", cancel: TestContext.Current.CancellationToken))!.Balance);
    }

    [Theory]
    [InlineData("\"bid\": -1,", "bid", "invalid_type")]
    [InlineData("\"deadline\": \"2001-01-01T00:00:00Z\",", "deadline", "bid_expired")]
    [InlineData("\"deadline\": \"soon\",", "deadline", "invalid_type")]
    [InlineData("\"bid\": 1, \"lane\": \"floor\",", "bid", "invalid_value")]
    [InlineData("\"tier\": 4,", "tier", "invalid_type")]
    public async Task Terms_that_are_wrong_are_named(string field, string param, string code)
    {
        JsonElement error = await Server.RefusedAsync(400, ChatPath, Body(field));
        Assert.Equal((param, code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.Empty(await Store.JobsAsync(new(), cancel: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_job_runs_without_its_client_and_keeps_answer_and_receipt()
    {
        JsonElement submitted = await Server.AnswerAsync("/v1/jobs", Body());
        string id = submitted.GetProperty("id").GetString()!;
        Assert.Equal("queued", submitted.GetProperty("status").GetString());
        string[] events = [.. (await Server.Client.GetStringAsync(new Uri($"/v1/jobs/{id}/events", UriKind.Relative), TestContext.Current.CancellationToken)).Split('\n').Where(static line => line.StartsWith("data: ", StringComparison.Ordinal))];
        JsonElement last = JsonDocument.Parse(events[^1]["data: ".Length..]).RootElement;
        Assert.Equal("finished", last.GetProperty("status").GetString());
        Assert.Equal("chat.completion", last.GetProperty("answer").GetProperty("object").GetString());
        JsonElement receipt = await Server.GetAsync($"/v1/jobs/{id}/receipt");
        Assert.Equal(last.GetProperty("compute_units_used").GetDecimal(), receipt.GetProperty("computeUnits").GetDecimal());
        Assert.Equal(id, (await Server.GetAsync("/v1/jobs")).GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Jobs_of_others_do_not_exist()
    {
        string id = (await Server.AnswerAsync("/v1/jobs", Body())).GetProperty("id").GetString()!;
        using HttpClient other = new() { BaseAddress = Server.Address };
        other.DefaultRequestHeaders.Authorization = new("Bearer", (await Store.AddKeyAsync("bob", "test", cancel: TestContext.Current.CancellationToken)).Secret);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(new Uri($"/v1/jobs/{id}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync(new Uri($"/v1/jobs/{id}/cancel", UriKind.Relative), null, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_bid_is_raised_and_a_job_is_cancelled()
    {
        string body = """{ "bid": 0.01, "budget": 5, "ignore_eos": true, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";
        JsonElement job = await Server.AnswerAsync("/v1/jobs", body);
        string id = job.GetProperty("id").GetString()!;

        // 5 CU at the bid, and at the price list.
        Assert.Equal(0.1m, job.GetProperty("reserved").GetDecimal());
        using HttpResponseMessage raised = await Server.PostAsync($"/v1/jobs/{id}/bid", """{ "bid": 0.02 }""", cancellation: TestContext.Current.CancellationToken);

        // It may have ended already: it is a small model.
        Assert.True(raised.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, await raised.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage cancelled = await Server.Client.PostAsync(new Uri($"/v1/jobs/{id}/cancel", UriKind.Relative), new StringContent("", Encoding.UTF8), TestContext.Current.CancellationToken);
        Assert.True(cancelled.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict);
        string events = await Server.Client.GetStringAsync(new Uri($"/v1/jobs/{id}/events", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Matches("\"status\":\"(cancelled|finished)\"", events);
        Account ann = (await Store.FindAccountAsync("ann", cancel: TestContext.Current.CancellationToken))!;
        Assert.Equal(0, ann.Escrow);
    }

    [Fact]
    public async Task A_job_that_a_former_server_left_is_taken_up_again()
    {
        await Server.DisposeAsync();
        string file = _folder.File("accounts.db");
        using (AccountStore dead = await AccountStore.OpenAsync(new() { Database = file }, cancel: TestContext.Current.CancellationToken))
        {
            await dead.BecomeServerAsync("one", cancel: TestContext.Current.CancellationToken);
            await dead.SubmitAsync(new() { Id = "job-left", Account = "ann", Model = "stories260K-f32", ComputeUnits = 1, Request = Body() }, cancel: TestContext.Current.CancellationToken);
            await dead.StartAsync("job-left", cancel: TestContext.Current.CancellationToken);
        }

        await using TestServer next = await TestServer.StartAsync($"--Serve:Accounts={file}", "--Serve:ServerName=one");
        next.Client.DefaultRequestHeaders.Authorization = new("Bearer", _key);
        Assert.Contains("\"status\":\"finished\"", await next.Client.GetStringAsync(new Uri("/v1/jobs/job-left/events", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
