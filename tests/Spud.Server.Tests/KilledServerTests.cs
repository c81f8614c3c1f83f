using System.Text;
using System.Text.Json;
using Spud.Accounts;
using Spud.Server.Tests.Clients;

namespace Spud.Server.Tests;

/// <summary>A server that is killed in the middle of its work: at its next start it takes up its jobs, and nobody pays twice.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const int Kills = 2, JobsPerRound = 6;
    private const string Prices = """{ "name": "test", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 0.01 }] }""";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Jobs_of_a_killed_server_are_finished_and_charged_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals");
        string file = _folder.File("accounts.db");
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = file }, Cancel);
        await store.AddAccountAsync(new() { Name = "ann", Currency = "EUR" }, Cancel);
        await store.DepositAsync("ann", 100, null, Cancel);
        await store.AddPriceListAsync(Prices, cancel: Cancel);
        string key = (await store.AddKeyAsync("ann", "test", Cancel)).Secret;

        List<string> submitted = [];
        int interrupted = 0;
        for (int round = 0; round < Kills; round++)
        {
            await using RunningServer server = Start(file);
            await server.UntilReadyAsync();
            submitted.AddRange(await SubmitAsync(server.Address, key));
            await Task.Delay(50 * round, Cancel);
            server.Signal("KILL");
            await server.EndAsync();
            interrupted += (await store.JobsAsync(new() { Maximum = 1000 }, Cancel)).Count(static job => job.IsOpen);
        }

        Assert.NotEqual(0, interrupted);

        await using RunningServer last = Start(file);
        await last.UntilReadyAsync();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(s_patience);
        foreach (string id in submitted)
        {
            await foreach (Job job in store.WatchAsync(id, TimeSpan.FromMilliseconds(50), patience.Token))
                Assert.True(job.Status is JobStatus.Queued or JobStatus.Running or JobStatus.Finished, $"{job.Status}: {job.Reason}; {last.Error}");
        }

        Assert.Equal(Kills * JobsPerRound, submitted.Count);
        List<StoredReceipt> receipts = await store.ReceiptsAsync(new() { Maximum = 1000 }, Cancel);
        Assert.Equal(submitted.Order(), receipts.Select(static receipt => receipt.Job).Intersect(submitted).Order());
        Account ann = (await store.FindAccountAsync("ann", Cancel))!;
        Assert.Equal((100 - receipts.Sum(static receipt => receipt.Charge), 0), (ann.Balance, ann.Escrow));
        Assert.Empty((await store.AuditAsync(Cancel)).Faults);
    }

    private static RunningServer Start(string accounts) =>
        RunningServer.Start("--accounts", accounts, "--port", "0", "--threads", "1", "--chat-template", "chatml", "-m", TestServer.Stories);

    // Jobs that outlive their client, and one request whose client waits.
    private static async Task<List<string>> SubmitAsync(Uri address, string key)
    {
        using HttpClient client = new() { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        List<string> ids = [];
        for (int i = 0; i < JobsPerRound; i++)
        {
            using HttpResponseMessage response = await client.PostAsync(new Uri("/v1/jobs", UriKind.Relative), Content(), Cancel);
            string text = await response.Content.ReadAsStringAsync(Cancel);
            Assert.True(response.IsSuccessStatusCode, text);
            ids.Add(JsonElement.Parse(text).GetProperty("id").GetString()!);
        }

        _ = client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), Content(), CancellationToken.None).ContinueWith(static lost => lost.Exception, TaskScheduler.Default);
        return ids;
    }

    private static StringContent Content() => new("""{ "max_tokens": 300, "ignore_eos": true, "budget": 5, "messages": [{ "role": "user", "content": "Once upon a time" }] }""", Encoding.UTF8, "application/json");
}
