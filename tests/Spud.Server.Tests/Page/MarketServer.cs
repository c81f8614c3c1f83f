using Spud.Accounts;

namespace Spud.Server.Tests.Page;

/// <summary>A server with accounts "ann" and "bob", a price list, and a scheduler that sells compute.</summary>
internal sealed class MarketServer : IAsyncDisposable
{
    private const string Prices = """{ "name": "test", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 0.01 }] }""";

    private readonly TempFolder _folder = new();

    private MarketServer()
    {
    }

    public AccountStore Store { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    /// <summary>Of ann.</summary>
    public string Key { get; private set; } = "";

    public static async Task<MarketServer> StartAsync()
    {
        MarketServer market = new();
        string file = market._folder.File("accounts.db");
        market.Store = await AccountStore.OpenAsync(new() { Database = file });
        await market.Store.AddAccountAsync(new() { Name = "ann", Currency = "EUR" });
        await market.Store.AddAccountAsync(new() { Name = "bob", Currency = "EUR" });
        await market.Store.DepositAsync("ann", 100);
        await market.Store.AddPriceListAsync(Prices);
        market.Key = await market.KeyOfAsync("ann");
        market.Server = await TestServer.StartAsync(
            $"--Serve:Accounts={file}", "--Serve:DefaultBudget=1", "--Serve:Sequences=2", "--Serve:Embedded:Set:0=scheduler.use=auction", "--Serve:Embedded:Set:1=scheduler.reserve=0.001", "--Serve:Embedded:Set:2=scheduler.price=0.002");
        market.Server.Client.DefaultRequestHeaders.Authorization = new("Bearer", market.Key);
        return market;
    }

    public async Task<string> KeyOfAsync(string account) => (await Store.AddKeyAsync(account, "test")).Secret;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Store.Dispose();
        _folder.Dispose();
    }
}
