using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Spud.Server.Http;
using Spud.Server.Models;
using Spud.Server.Operations;
using Spud.Server.Tests.Clients;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

public sealed class OperationsTests(SharedServer shared)
{
    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        await shared.Server.AnswerAsync(ChatPath, Body());
        string text = await shared.Server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        foreach (string name in (string[])["gen_ai_server_time_to_first_token", "spud_compute_units", "spud_server_requests_running", "spud_server_pages_free"])
            Assert.Contains(name, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_lists_every_endpoint_and_a_page_shows_it()
    {
        JsonElement description = await shared.Server.GetAsync("/openapi.json");
        string[] described = [.. description.GetProperty("paths").EnumerateObject().Select(static path => path.Name)];
        string[] served = [.. shared.Server.Services.GetRequiredService<IEnumerable<Microsoft.AspNetCore.Routing.EndpointDataSource>>().SelectMany(static source => source.Endpoints)
            .OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>().Select(static endpoint => endpoint.RoutePattern.RawText!).Where(static path => path.StartsWith("/v1/", StringComparison.Ordinal)).Distinct()];
        Assert.NotEmpty(served);
        Assert.Empty(served.Except(described));
        Assert.Contains("openapi.json", await shared.Server.Client.GetStringAsync(new Uri("/reference", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_model_is_loaded_requests_are_told_to_wait()
    {
        Readiness readiness = new();
        DefaultHttpContext context = new();
        context.Request.Method = "POST";
        context.SetEndpoint(new(null, null, "chat"));
        ApiException refused = await Assert.ThrowsAsync<ApiException>(() => Gate.InvokeAsync(context, static _ => Task.CompletedTask, readiness));
        Assert.Equal((503, "loading"), (refused.Status, refused.Code));
        Assert.NotNull(refused.RetryAfter);
        readiness.Loaded();
        await Gate.InvokeAsync(context, static _ => Task.CompletedTask, readiness);
        readiness.End();
        Assert.Equal("ending", (await Assert.ThrowsAsync<ApiException>(() => Gate.InvokeAsync(context, static _ => Task.CompletedTask, readiness))).Code);
    }

    [Fact]
    public async Task A_running_answer_is_finished_when_the_process_is_asked_to_end()
    {
        await using RunningServer server = RunningServer.Start("--port", "0", "--threads", "1");
        await server.UntilReadyAsync();
        using HttpClient client = new() { BaseAddress = server.Address };
        using HttpRequestMessage request = new(HttpMethod.Post, ChatPath)
        {
            Content = new StringContent("""{ "stream": true, "ignore_eos": true, "max_tokens": 120, "messages": [{ "role": "user", "content": "Count." }] }"""),
        };
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        server.Signal("TERM");
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(0, await server.EndAsync());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("no such file", "-m", "nope.gguf")]
    [InlineData("no such file", "nope.gguf")]
    [InlineData("could be reached|can be reached", "--host", "0.0.0.0")]
    [InlineData("--port: expected", "--port", "x")]
    public async Task What_it_cannot_start_with_is_said(string expected, params string[] arguments)
    {
        await using RunningServer server = RunningServer.Start([.. arguments, .. arguments.Contains("--port") ? Array.Empty<string>() : ["--port", "0"]]);
        Assert.Equal(2, await server.EndAsync());
        Assert.Matches($"error: .*({expected})", server.Error);
    }

    [Fact]
    public async Task An_address_where_it_cannot_listen_is_said_in_one_line()
    {
        await using RunningServer taken = RunningServer.Start("--port", "0", "--threads", "1");
        await taken.UntilReadyAsync();
        string port = taken.Address.Port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([$"error: Serve:Port: another program listens on port {port} of 127.0.0.1. Choose another one with --port, or a free one with --port 0."], await RefusedAsync("--port", port));
        Assert.Equal(["error: Serve:Host: 192.0.2.1 is not an address of this machine."], await RefusedAsync("--port", "0", "--host", "192.0.2.1", "--insecure"));

        static async Task<string[]> RefusedAsync(params string[] arguments)
        {
            await using RunningServer server = RunningServer.Start(arguments);
            Assert.Equal(2, await server.EndAsync());
            return server.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    [Fact]
    public async Task Several_models_are_served_and_the_one_used_least_recently_makes_room()
    {
        string other = TestData.Path("stories260K/stories260K-q8_0.gguf");
        await using RunningServer server = RunningServer.Start(TestServer.Stories, other, "--chat-template", "chatml", "--port", "0", "--threads", "1");
        await server.UntilReadyAsync();
        using HttpClient client = new() { BaseAddress = server.Address };
        Assert.Equal(["stories260K-f32"], await LoadedAsync());
        foreach (string model in (string[])["stories260K-q8_0", "stories260K-f32", "stories260K-q8_0"])
        {
            using HttpResponseMessage answer = await client.PostAsync(new Uri(ChatPath, UriKind.Relative), new StringContent(Body($"\"model\": \"{model}\",")), TestContext.Current.CancellationToken);
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains($"\"model\":\"{model}\"", text, StringComparison.Ordinal);
            Assert.Equal([model], await LoadedAsync());
        }

        async Task<string[]> LoadedAsync()
        {
            JsonElement models = JsonDocument.Parse(await client.GetStringAsync(new Uri("/v1/models", UriKind.Relative))).RootElement.GetProperty("data");
            Assert.Equal(2, models.GetArrayLength());
            return [.. models.EnumerateArray().Where(static model => model.GetProperty("loaded").GetBoolean()).Select(static model => model.GetProperty("id").GetString()!)];
        }
    }

    [Fact]
    public async Task The_first_model_is_loaded_once_a_job_with_another_one_has_ended()
    {
        string other = TestData.Path("stories260K/stories260K-q8_0.gguf");
        string[] models = ["--Serve:Models:first:Model=" + TestServer.Stories, "--Serve:Models:second:Model=" + other];
        await using TestServer server = await TestServer.StartAsync([.. models, "--Serve:Models:first:ChatTemplate=chatml", "--Serve:Models:second:ChatTemplate=chatml", "--Serve:DefaultModel=first", "--Serve:LoadedModels=1"]);
        ModelShelf shelf = server.Services.GetRequiredService<ModelShelf>();
        ModelLease lease = await shelf.TakeAsync("second", TestContext.Current.CancellationToken);
        Task first = shelf.LoadFirstAsync(TestContext.Current.CancellationToken);
        Assert.False(first.IsCompleted);
        Assert.False(shelf.All[0].IsHeld);
        lease.Dispose();
        await first;
        Assert.True(shelf.All[0].IsLoaded);
    }

    [Fact]
    public async Task Models_share_the_memory_that_they_may_take_and_one_that_never_fits_is_refused()
    {
        string other = TestData.Path("stories260K/stories260K-q8_0.gguf");
        string[] models = ["--Serve:Models:first:Model=" + TestServer.Stories, "--Serve:Models:second:Model=" + other, "--Serve:Models:large:Model=" + TestData.DefaultModel];
        string[] settings = [.. models, "--Serve:Models:first:ChatTemplate=chatml", "--Serve:Models:second:ChatTemplate=chatml", "--Serve:DefaultModel=first", "--Serve:LoadedModels=3"];
        long first, second;
        await using (TestServer roomy = await TestServer.StartAsync([.. settings, "--Serve:ModelMegabytes=500"]))
        {
            await roomy.AnswerAsync(ChatPath, Body("\"model\": \"second\","));
            Dictionary<string, JsonElement> known = await ModelsAsync(roomy);
            (first, second) = (known["first"].GetProperty("memory_bytes").GetInt64(), known["second"].GetProperty("memory_bytes").GetInt64());
            Assert.True(known["first"].GetProperty("loaded").GetBoolean() && known["second"].GetProperty("loaded").GetBoolean());
            Assert.False(known["large"].TryGetProperty("memory_bytes", out _));
            JsonElement status = (await roomy.GetAsync("/status")).GetProperty("models")[0];
            Assert.Equal(("first", first), (status.GetProperty("name").GetString(), status.GetProperty("memory_bytes").GetInt64()));
            JsonElement refused = await roomy.RefusedAsync(503, ChatPath, Body("\"model\": \"large\","));
            Assert.Equal(("model_too_large", "model"), (refused.GetProperty("code").GetString(), refused.GetProperty("param").GetString()));
            Assert.Matches("^The model 'large' needs [0-9,]+ MiB of memory, and models may take 500 MiB here\\.$", refused.GetProperty("message").GetString());
            Assert.True((await ModelsAsync(roomy))["first"].GetProperty("loaded").GetBoolean());
        }

        // Room for either, not for both.
        await using TestServer narrow = await TestServer.StartAsync([.. settings, $"--Serve:ModelMegabytes={(Math.Max(first, second) >> 20) + 1}"]);
        foreach (string model in (string[])["second", "first"])
        {
            await narrow.AnswerAsync(ChatPath, Body($"\"model\": \"{model}\","));
            Assert.Equal([model], (await ModelsAsync(narrow)).Values.Where(static entry => entry.GetProperty("loaded").GetBoolean()).Select(static entry => entry.GetProperty("id").GetString()!));
        }

        static async Task<Dictionary<string, JsonElement>> ModelsAsync(TestServer server) =>
            (await server.GetAsync("/v1/models")).GetProperty("data").EnumerateArray().ToDictionary(static model => model.GetProperty("id").GetString()!);
    }

    [Fact]
    public async Task A_first_model_that_never_fits_ends_the_start_with_what_to_do()
    {
        Settings.SettingsException refused = await Assert.ThrowsAsync<Settings.SettingsException>(() => TestServer.StartAsync(TestData.DefaultModel, ["--Serve:ModelMegabytes=100"]));
        Assert.Matches("needs [0-9,]+ MiB of memory, and models may take 100 MiB here\\. Choose a shorter context, .* or raise Serve:ModelMegabytes\\.", refused.Message);
    }
}
