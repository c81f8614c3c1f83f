using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Spud.Accounts;
using Spud.Server.Operations;
using Spud.Server.Tests.Clients;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Hostile;

/// <summary>Experts of a plugin that throw, or never return, in texts that are long, and a scheduler that does so when it sees a job of tier 3.</summary>
public sealed class FailingComponentTests : IDisposable
{
    private const int FailsFrom = 400;

    // The prompt takes some 60 tokens of the small vocabulary.
    private const string Short = """{ "max_tokens": 40, "ignore_eos": true, "budget": 5, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";
    private const string Long = """{ "ignore_eos": true, "budget": 50, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";

    private const string Least = """{ "tier": 3, "max_tokens": 40, "ignore_eos": true, "budget": 5, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Plugins => Path.GetDirectoryName(TestData.Built("Failing"))!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_plugin_that_throws_in_one_request_fails_that_one_and_charges_nothing()
    {
        using JobServer jobs = await JobServer.CreateAsync(_folder.File("accounts.db"));
        await using TestServer server = await TestServer.StartAsync(
            $"--Serve:Accounts={_folder.File("accounts.db")}", $"--Serve:Plugins:1={Plugins}", "--Serve:Embedded:Set:0=experts.use=failing", $"--Serve:Embedded:Set:1=experts.throwsFrom={FailsFrom}");
        server.Client.DefaultRequestHeaders.Authorization = jobs.Authorization;

        string failing = await JobServer.SubmitAsync(server.Client, Long);
        Task<JsonElement> refused = server.RefusedAsync(500, ChatPath, Long);
        Task<string[]> stream = server.LinesAsync(ChatPath, Long.Replace("{ ", "{ \"stream\": true, ", StringComparison.Ordinal));
        JsonElement[] others = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.AnswerAsync(ChatPath, Short)));

        Assert.All(others, static answer => Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        Assert.Equal("component_failed", (await refused).GetProperty("code").GetString());
        Assert.Contains("no experts at position", (await refused).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"component_failed\"", (await stream)[^1], StringComparison.Ordinal);
        Job failed = Assert.Single(await jobs.EndsAsync([failing]));
        Assert.Equal((JobStatus.Failed, 0m), (failed.Status, failed.Charge));
        Assert.Contains("experts 'failing/failing' failed", failed.Reason, StringComparison.Ordinal);
        List<Job> all = await jobs.Store.JobsAsync(new() { Maximum = 100 }, Cancel);
        Assert.Equal((3, 4), (all.Count(static job => job.Status == JobStatus.Failed), all.Count(static job => job.Status == JobStatus.Finished)));
        await jobs.RequireBooksAsync();
    }

    [Fact]
    public async Task A_scheduler_that_throws_is_named_and_replaced_and_all_jobs_go_on()
    {
        string accounts = _folder.File("accounts.db");
        using JobServer jobs = await JobServer.CreateAsync(accounts);
        await using RunningServer server = Start(accounts, "{}"u8, "--plugins", Plugins, "--set", "scheduler.use=failing", "--set", "scheduler.throwsAtTier=3");
        await server.UntilReadyAsync();
        using HttpClient client = new() { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = jobs.Authorization;
        string[] ids = [await JobServer.SubmitAsync(client, Short), await JobServer.SubmitAsync(client, Least), await JobServer.SubmitAsync(client, Short)];
        Assert.All(await jobs.EndsAsync(ids), static job => Assert.Equal((JobStatus.Finished, null), (job.Status, job.Reason)));
        Assert.Contains("scheduler 'failing/failing': it threw InvalidOperationException: no place for tier 3", server.Error, StringComparison.Ordinal);
        Assert.Contains("Jobs are served by 'fifo'", server.Error, StringComparison.Ordinal);
        await jobs.RequireBooksAsync();
    }

    [Theory]
    [InlineData("experts", "experts.hangsFrom=400", Long, "experts failing/failing in layer 0")]
    [InlineData("scheduler", "scheduler.hangsAtTier=3", Least, "scheduler failing/failing")]
    public async Task What_hangs_is_named_and_ends_the_process_and_its_jobs_are_taken_up_at_the_next_start(string role, string when, string hangs, string named)
    {
        string accounts = _folder.File("accounts.db");
        using JobServer jobs = await JobServer.CreateAsync(accounts);
        List<string> ids = [];
        await using (RunningServer hanging = Start(accounts, """{ "Serve": { "HangSeconds": 2, "HangGraceSeconds": 2 } }"""u8, "--plugins", Plugins, "--set", $"{role}.use=failing", "--set", when))
        {
            await hanging.UntilReadyAsync();
            using HttpClient client = new() { BaseAddress = hanging.Address };
            client.DefaultRequestHeaders.Authorization = jobs.Authorization;
            ids.Add(await JobServer.SubmitAsync(client, Short));
            Assert.Equal(JobStatus.Finished, Assert.Single(await jobs.EndsAsync(ids)).Status);
            ids.Add(await JobServer.SubmitAsync(client, hangs));
            ids.Add(await JobServer.SubmitAsync(client, Short));
            Assert.Contains($"{named} of model", await SickAsync(client), StringComparison.Ordinal);
            Assert.Equal(HangWatch.ExitCode, await hanging.EndAsync());
            Assert.Contains("hangs", hanging.Error, StringComparison.Ordinal);
        }

        await using RunningServer next = Start(accounts, "{}"u8);
        await next.UntilReadyAsync();
        Assert.All(await jobs.EndsAsync(ids), static job => Assert.Equal((JobStatus.Finished, null), (job.Status, job.Reason)));
        Assert.Equal(ids.Order(), (await jobs.Store.ReceiptsAsync(new() { Maximum = 100 }, Cancel)).Select(static receipt => receipt.Job).Order());
        await jobs.RequireBooksAsync();
    }

    [Fact]
    public async Task A_process_that_is_asked_to_end_while_a_component_hangs_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals");
        string accounts = _folder.File("accounts.db");
        using JobServer jobs = await JobServer.CreateAsync(accounts);
        await using RunningServer server = Start(accounts, """{ "Serve": { "HangSeconds": 2, "HangGraceSeconds": 3600, "DrainSeconds": 1 } }"""u8, "--plugins", Plugins, "--set", "experts.use=failing", "--set", $"experts.hangsFrom={FailsFrom}");
        await server.UntilReadyAsync();
        using HttpClient client = new() { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = jobs.Authorization;
        string id = await JobServer.SubmitAsync(client, Long);
        await SickAsync(client);
        server.Signal("TERM");
        Assert.Equal(HangWatch.ExitCode, await server.EndAsync());
        Assert.True((await jobs.Store.FindJobAsync(id, Cancel))!.IsOpen);
    }

    private RunningServer Start(string accounts, ReadOnlySpan<byte> settings, params string[] more) => RunningServer.Start(
        ["--accounts", accounts, "--settings", _folder.Write("settings.json", settings), "--port", "0", "--threads", "1", "--chat-template", "chatml", "-m", TestServer.Stories, .. more]);

    // What /health says as soon as it is not well.
    private static async Task<string> SickAsync(HttpClient client)
    {
        for (long start = Stopwatch.GetTimestamp(); ; await Task.Delay(20, Cancel))
        {
            using HttpResponseMessage health = await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel);
            if (health.StatusCode == HttpStatusCode.ServiceUnavailable)
                return await health.Content.ReadAsStringAsync(Cancel);

            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, "it is still well after a minute");
        }
    }
}
