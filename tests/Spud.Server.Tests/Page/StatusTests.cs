using System.Net;
using System.Text.Json;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Page;

/// <summary>What the page is made of, and what it shows.</summary>
public sealed class StatusTests(SharedServer shared)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page.css", "text/css")]
    [InlineData("/page.js", "text/javascript")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task The_page_may_run_its_own_script_and_nothing_else(string path, string type)
    {
        using HttpResponseMessage answer = await shared.Server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        string[] policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy")).Split("; ");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("style-src 'self'", policy);
        Assert.Contains("require-trusted-types-for 'script'", policy);
        Assert.DoesNotContain(policy, static rule => rule.Contains("unsafe", StringComparison.Ordinal) || rule.Contains('*') || rule.Contains("http", StringComparison.Ordinal) || rule.Contains("data:", StringComparison.Ordinal));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task The_status_has_load_past_and_last_receipts()
    {
        JsonElement usage = (await shared.Server.AnswerAsync(ChatPath, Body())).GetProperty("usage");
        JsonElement status = await UntilAsync(shared.Server, "/status", static status => status.GetProperty("samples").GetArrayLength() > 1);
        Assert.Equal(("ok", JsonValueKind.Null), (status.GetProperty("state").GetString(), status.GetProperty("account").ValueKind));
        JsonElement model = Assert.Single(status.GetProperty("models").EnumerateArray()), loop = model.GetProperty("loop");
        Assert.Equal("stories260K-f32", model.GetProperty("name").GetString());
        Assert.InRange(loop.GetProperty("free_pages").GetInt64() + loop.GetProperty("kept_pages").GetInt64(), 1, loop.GetProperty("pages").GetInt64());
        Assert.Equal(JsonValueKind.Null, loop.GetProperty("prices").ValueKind);

        // Other tests use this server too.
        decimal spent = usage.GetProperty("compute").GetProperty("compute_units").GetDecimal();
        Assert.True(spent > 0);
        Assert.All(status.GetProperty("receipts").EnumerateArray(), static receipt => Assert.True(receipt.GetProperty("compute_units").GetDecimal() > 0));
        Assert.NotEmpty(status.GetProperty("receipts").EnumerateArray());

        long[] numbers = [.. status.GetProperty("samples").EnumerateArray().Select(static sample => sample.GetProperty("number").GetInt64())];
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(index => numbers[0] + index - 1), numbers);
        JsonElement later = await shared.Server.GetAsync($"/status?after={numbers[^1]}");
        Assert.All(later.GetProperty("samples").EnumerateArray(), sample => Assert.True(sample.GetProperty("number").GetInt64() > numbers[^1]));
    }

    [Fact]
    public async Task Tokens_that_were_generated_are_in_the_past()
    {
        await using TestServer server = await TestServer.StartAsync();
        int generated = (await server.AnswerAsync(ChatPath, Body("\"ignore_eos\": true,"))).GetProperty("usage").GetProperty("completion_tokens").GetInt32();
        JsonElement status = await UntilAsync(server, "/status", static status => status.GetProperty("samples").EnumerateArray().Any(static sample => sample.GetProperty("tokens_per_second").GetDouble() > 0));
        Assert.Equal(8, generated);
        JsonElement receipt = Assert.Single(status.GetProperty("receipts").EnumerateArray());
        Assert.Equal("finished", receipt.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task An_account_sees_its_own_jobs_receipts_and_balance_and_nobody_elses()
    {
        await using MarketServer market = await MarketServer.StartAsync();
        using HttpClient bob = Client(market.Server, await market.KeyOfAsync("bob")), nobody = Client(market.Server, null);
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(new Uri("/status", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);

        using CancellationTokenSource leaves = new();
        Task load = LoadAsync(market.Server, 6, static _ => "\"bid\": 0.01,", leaves.Token);
        JsonElement status = await UntilAsync(market.Server, "/status", static status => Prices(status).ValueKind == JsonValueKind.Object && status.GetProperty("jobs").EnumerateArray().Any(static job => job.GetProperty("generated_tokens").GetInt32() > 0));
        JsonElement others = await ReadAsync(bob);
        await leaves.CancelAsync();
        await load;

        JsonElement job = status.GetProperty("jobs").EnumerateArray().First(static job => job.GetProperty("generated_tokens").GetInt32() > 0);
        Assert.Equal((1m, 0.01m, "spot"), (job.GetProperty("cap").GetDecimal(), job.GetProperty("bid").GetDecimal(), job.GetProperty("lane").GetString()));
        Assert.InRange(job.GetProperty("compute_units").GetDecimal(), 0.000001m, 1);
        Assert.StartsWith("job-", job.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("ann", status.GetProperty("account").GetProperty("name").GetString());
        Assert.True(status.GetProperty("account").GetProperty("reserved").GetDecimal() > 0);
        Assert.Equal(0.002m, Prices(status).GetProperty("floor").GetDecimal());

        JsonElement after = await UntilAsync(market.Server, "/status", static status => status.GetProperty("receipts").GetArrayLength() > 0 && status.GetProperty("jobs").GetArrayLength() == 0);
        Assert.All(after.GetProperty("receipts").EnumerateArray(), static receipt => Assert.Equal("EUR", receipt.GetProperty("currency").GetString()));

        Assert.Equal("bob", others.GetProperty("account").GetProperty("name").GetString());
        Assert.Empty(others.GetProperty("jobs").EnumerateArray());
        Assert.Empty((await ReadAsync(bob)).GetProperty("receipts").EnumerateArray());
    }

    /// <summary>Sends requests until the test has seen what it wants.</summary>
    /// <param name="server">The server.</param>
    /// <param name="clients">How many send at once: more than the server runs.</param>
    /// <param name="terms">Fields of the requests of each, followed by a comma.</param>
    /// <param name="leaves">Ends them.</param>
    internal static Task LoadAsync(TestServer server, int clients, Func<int, string> terms, CancellationToken leaves) => Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
    {
        string body = $$"""{ "budget": 1, {{terms(client)}} "max_tokens": 400, "ignore_eos": true, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";
        try
        {
            while (true)
            {
                using HttpResponseMessage answer = await server.PostAsync(ChatPath, body, leaves);
            }
        }
        catch (OperationCanceledException) when (leaves.IsCancellationRequested)
        {
            // It has been seen.
        }
    }));

    private static JsonElement Prices(JsonElement status) => status.GetProperty("models")[0].GetProperty("loop").GetProperty("prices");

    private static HttpClient Client(TestServer server, string? key)
    {
        HttpClient client = new() { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
        return client;
    }

    private static async Task<JsonElement> ReadAsync(HttpClient client) => JsonDocument.Parse(await client.GetStringAsync(new Uri("/status", UriKind.Relative))).RootElement;

    private static async Task<JsonElement> UntilAsync(TestServer server, string path, Func<JsonElement, bool> holds)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (true)
        {
            JsonElement status = await server.GetAsync(path);
            if (holds(status))
                return status;

            await Task.Delay(5, patience.Token);
        }
    }
}
