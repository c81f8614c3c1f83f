using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Spud.Accounts;

namespace Spud.Server.Tests.Hostile;

/// <summary>Accounts with one customer, "ann", and what its client does.</summary>
internal sealed class JobServer : IDisposable
{
    private const string Prices = """{ "name": "test", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 0.01 }] }""";
    private const decimal Deposit = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private JobServer(AccountStore store, string key) => (Store, Key) = (store, key);

    /// <summary>The accounts.</summary>
    public AccountStore Store { get; }

    /// <summary>The customer's key.</summary>
    public AuthenticationHeaderValue Authorization => new("Bearer", Key);

    private string Key { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Makes the accounts in a database.</summary>
    public static async Task<JobServer> CreateAsync(string database)
    {
        AccountStore store = await AccountStore.OpenAsync(new() { Database = database }, Cancel);
        await store.AddAccountAsync(new() { Name = "ann", Currency = "EUR" }, Cancel);
        await store.DepositAsync("ann", Deposit, null, Cancel);
        await store.AddPriceListAsync(Prices, cancel: Cancel);
        return new(store, (await store.AddKeyAsync("ann", "test", Cancel)).Secret);
    }

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();

    /// <summary>Submits a job for which no client waits.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> SubmitAsync(HttpClient client, string body)
    {
        using HttpResponseMessage response = await client.PostAsync(new Uri("/v1/jobs", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("id").GetString()!;
    }

    /// <summary>Waits for the ends of jobs.</summary>
    public async Task<Job[]> EndsAsync(IEnumerable<string> ids)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(s_patience);
        List<Job> ended = [];
        foreach (string id in ids)
        {
            await foreach (Job job in Store.WatchAsync(id, TimeSpan.FromMilliseconds(50), patience.Token))
            {
                if (!job.IsOpen)
                    ended.Add(job);
            }
        }

        return [.. ended];
    }

    /// <summary>Checks that all money is accounted for: nothing is open, and each charge has one receipt.</summary>
    public async Task RequireBooksAsync()
    {
        Account ann = (await Store.FindAccountAsync("ann", Cancel))!;
        List<StoredReceipt> receipts = await Store.ReceiptsAsync(new() { Maximum = 1000 }, Cancel);
        Assert.Equal((Deposit - receipts.Sum(static receipt => receipt.Charge), 0), (ann.Balance, ann.Escrow));
        Assert.Empty((await Store.AuditAsync(Cancel)).Faults);
    }
}
