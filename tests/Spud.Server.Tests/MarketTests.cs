using System.Text.Json;
using Spud.Accounts;
using Spud.Metering;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

/// <summary>A server with accounts whose scheduler sells compute: what the scheduler asks is what is charged.</summary>
public sealed class MarketTests : IAsyncLifetime
{
    private const string Prices = """{ "name": "free", "version": "1", "currency": "EUR", "rates": [ { } ] }""";

    private readonly TempFolder _folder = new();
    private AccountStore? _store;
    private TestServer? _server;

    private AccountStore Store => _store!;

    private TestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        string file = _folder.File("accounts.db");
        _store = await AccountStore.OpenAsync(new() { Database = file });
        await Store.AddAccountAsync(new() { Name = "ann", Currency = "EUR" });
        await Store.DepositAsync("ann", 100);
        await Store.AddPriceListAsync(Prices);
        _server = await TestServer.StartAsync(
            $"--Serve:Accounts={file}", "--Serve:DefaultBudget=1", "--Serve:Embedded:Set:0=scheduler.use=auction", "--Serve:Embedded:Set:1=scheduler.reserve=0.001", "--Serve:Embedded:Set:2=scheduler.price=0.002");
        Server.Client.DefaultRequestHeaders.Authorization = new("Bearer", (await Store.AddKeyAsync("ann", "test")).Secret);

        // The scheduler quotes prices from the first request on.
        await Server.AnswerAsync(ChatPath, Body());
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_bidder_pays_the_price_of_the_auction_and_not_its_bid()
    {
        (Job job, Receipt receipt, JsonElement answer) = await AskAsync("\"bid\": 0.01,");
        Assert.Equal((0.01m, JobLane.Spot, 0.01m), (job.Bid, job.Lane, job.Reserved));
        Assert.Equal(decimal.Round(receipt.Market!.Amount, 9), job.Charge);
        Assert.InRange(receipt.Market.Amount, 0.001m * receipt.ComputeUnits, 0.01m * receipt.ComputeUnits);
        Assert.Equal(receipt.Market.Amount, answer.GetProperty("usage").GetProperty("compute").GetProperty("market").GetDecimal());
    }

    [Fact]
    public async Task Who_does_not_bid_pays_what_was_quoted()
    {
        (Job job, Receipt receipt, _) = await AskAsync("");
        Assert.Equal((null, 0.002m, JobLane.Floor, 0.002m), (job.Bid, job.Quote, job.Lane, job.Reserved));
        Assert.Equal(decimal.Round(0.002m * receipt.ComputeUnits, 9), job.Charge);
    }

    [Fact]
    public async Task A_budget_of_money_is_refused_where_compute_has_a_price() =>
        Assert.Equal("budget", (await Server.RefusedAsync(400, ChatPath, Body("\"bid\": 0.01, \"budget\": \"0.1eur\","))).GetProperty("param").GetString());

    private async Task<(Job Job, Receipt Receipt, JsonElement Answer)> AskAsync(string field)
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, Body(field));
        Job job = (await Store.JobsAsync(new() { Maximum = 1 }))[0];
        return (job, (await Store.FindReceiptAsync(job.Id))!.Receipt, answer);
    }
}
