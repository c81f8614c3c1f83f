using System.Net;
using Microsoft.Data.Sqlite;
using Spud.Accounts;
using Spud.Accounts.Crashes;
using Spud.Server.Tests.Clients;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Hostile;

/// <summary>A database that goes away under the running server, and comes back: new requests are told to come later, all others wait, nothing is lost or doubled.</summary>
public sealed class DatabaseFaultTests
{
    private const int Jobs = 6;
    private const string Long = """{ "max_tokens": 60, "ignore_eos": true, "budget": 5, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_PostgreSQL_that_is_stopped_and_started_loses_nothing()
    {
        Assert.SkipWhen(PostgresCluster.Missing is not null, PostgresCluster.Missing ?? "");
        using PostgresCluster cluster = new();
        await OutageAsync(cluster.NewSchema(), cluster.Stop, cluster.Start);
    }

    [Fact]
    public async Task A_SQLite_file_that_another_program_locks_for_a_while_loses_nothing()
    {
        using TempFolder folder = new();
        string file = folder.File("accounts.db");
        using SqliteConnection other = new($"Data Source={file};Pooling=False");
        SqliteTransaction? held = null;
        await OutageAsync(file, Lock, () => held!.Dispose());

        void Lock()
        {
            other.Open();
            held = other.BeginTransaction();
        }
    }

    // The job runner learns it when it renews its lease.
    [Fact]
    public async Task A_server_whose_name_another_one_has_taken_ends_and_says_so()
    {
        using TempFolder folder = new();
        string file = folder.File("accounts.db");
        using JobServer jobs = await JobServer.CreateAsync(file);
        await using RunningServer server = RunningServer.Start("--accounts", file, "--port", "0", "--threads", "1", "--chat-template", "chatml", "-m", TestServer.Stories);
        await server.UntilReadyAsync();
        await jobs.Store.BecomeServerAsync($"{Environment.MachineName}:0", Cancel);
        Assert.Equal(1, await server.EndAsync());
        Assert.Contains("error: another server with the name", server.Error, StringComparison.Ordinal);
    }

    private static async Task OutageAsync(string database, Action begin, Action end)
    {
        using JobServer jobs = await JobServer.CreateAsync(database);

        // One at a time, so that most of them begin while the database is gone.
        await using TestServer server = await TestServer.StartAsync($"--Serve:Accounts={database}", "--Serve:Sequences=1", "--Serve:KeepAliveSeconds=1");
        server.Client.DefaultRequestHeaders.Authorization = jobs.Authorization;
        List<string> ids = [];
        for (int i = 0; i < Jobs; i++)
            ids.Add(await JobServer.SubmitAsync(server.Client, Long));

        Task<string[]> stream = server.LinesAsync(ChatPath, Long.Replace("{ ", "{ \"stream\": true, ", StringComparison.Ordinal));
        while ((await jobs.Store.JobsAsync(new() { Maximum = 100 }, Cancel)).Count <= Jobs)
            await Task.Delay(5, Cancel);

        begin();
        using (HttpResponseMessage refused = await server.PostAsync(ChatPath, Body(), Cancel))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Contains("accounts_unavailable", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        using (HttpResponseMessage health = await server.Client.GetAsync(new Uri("/health", UriKind.Relative), Cancel))
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        end();
        Assert.All(await jobs.EndsAsync(ids), static job => Assert.Equal((JobStatus.Finished, null), (job.Status, job.Reason)));
        Assert.Equal("data: [DONE]", (await stream)[^1]);
        await server.AnswerAsync(ChatPath, Body());
        Assert.Equal(Jobs + 2, (await jobs.Store.ReceiptsAsync(new() { Maximum = 100 }, Cancel)).Count);
        await jobs.RequireBooksAsync();
    }
}
