using System.Text;
using Spud.Accounts;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Hostile;

public sealed class LeavingClientTests
{
    private const int Leaves = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Found by bench/serving/soak.py: the sign of life failed while the reader of the text was in use, and the job stayed open for good.
    [Fact]
    public async Task A_job_ends_if_its_client_leaves_while_there_is_no_token_to_send()
    {
        using TempFolder folder = new();
        string accounts = folder.File("accounts.db");
        using JobServer jobs = await JobServer.CreateAsync(accounts);
        await using TestServer server = await TestServer.StartAsync(TestData.DefaultModel, [$"--Serve:Accounts={accounts}", "--Serve:DefaultBudget=1500", "--Serve:KeepAliveSeconds=0.01"]);
        server.Client.DefaultRequestHeaders.Authorization = jobs.Authorization;
        for (int i = 0; i < Leaves; i++)
        {
            // Each another text, which takes seconds to read.
            string prompt = string.Concat(Enumerable.Repeat($"The quick brown fox {i} jumps over the lazy dog. ", 300));
            using HttpRequestMessage request = new(HttpMethod.Post, ChatPath) { Content = new StringContent($$"""{ "stream": true, "messages": [{ "role": "user", "content": "{{prompt}}" }] }""", Encoding.UTF8, "application/json") };
            using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            Assert.True(response.IsSuccessStatusCode);
            await (await response.Content.ReadAsStreamAsync(Cancel)).ReadExactlyAsync(new byte[10], Cancel);
        }

        string[] ids = [.. (await jobs.Store.JobsAsync(new() { Maximum = 100 }, Cancel)).Select(static job => job.Id)];
        Assert.Equal(Leaves, ids.Length);
        Assert.All(await jobs.EndsAsync(ids), static job => Assert.Equal(JobStatus.Cancelled, job.Status));
        await jobs.RequireBooksAsync();
    }
}
