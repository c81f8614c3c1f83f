using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Spud.Server.Operations;

namespace Spud.Server.Tests;

/// <summary>A server of this process on a free port, with a tiny model named "stories260K-f32" that chats.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly WebApplication _app;
    private readonly TempFolder _folder;
    private bool _ended;

    private TestServer(WebApplication app, TempFolder folder)
    {
        (_app, _folder) = (app, folder);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address, Timeout = s_patience };
    }

    /// <summary>The 260 thousand parameters of stories260K; its context is 512.</summary>
    public static string Stories => TestData.Path("stories260K/stories260K-f32.gguf");

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Sends requests.</summary>
    public HttpClient Client { get; }

    /// <summary>What the server is made of.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a server with some settings of its own, and waits for its model.</summary>
    public static Task<TestServer> StartAsync(params string[] settings) => StartAsync(Stories, settings);

    /// <summary>Starts a server of a model.</summary>
    public static async Task<TestServer> StartAsync(string model, string[] settings)
    {
        TempFolder folder = new();
        string[] all =
        [
            $"--Settings={folder.Write("settings.json", """{ "Logging": { "LogLevel": { "Default": "Warning" } } }"""u8)}", "--Serve:Port=0", $"--Serve:Plugins:0={TestData.Plugins}",
            $"--Serve:Embedded:Model={model}", "--Serve:Embedded:ChatTemplate=chatml", "--Serve:Threads=1", .. settings,
        ];
        WebApplication app = ServerApp.Build(all);
        await app.StartAsync();
        TestServer server = new(app, folder);
        using CancellationTokenSource patience = new(s_patience);
        while (!app.Services.GetRequiredService<Readiness>().IsReady && app.Services.GetRequiredService<FirstModel>().Fault is null)
            await Task.Delay(10, patience.Token);

        return app.Services.GetRequiredService<FirstModel>().Fault is { } fault ? throw fault : server;
    }

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, CancellationToken cancellation = default) =>
        Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"), cancellation);

    /// <summary>Posts JSON and returns the answer, which must be a success.</summary>
    public async Task<JsonElement> AnswerAsync(string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Posts JSON and returns the error, which must have a status.</summary>
    public async Task<JsonElement> RefusedAsync(int status, string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{response.StatusCode}: {text}");
        JsonElement error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal(["code", "message", "param", "type"], error.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        return error;
    }

    /// <summary>Gets JSON.</summary>
    public Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    /// <summary>Posts JSON and returns the events of the stream as they are, without the empty lines between them.</summary>
    public async Task<string[]> LinesAsync(string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Posts JSON and returns the data of the stream's events up to [DONE], which must be the last.</summary>
    public async Task<JsonElement[]> ChunksAsync(string path, string json)
    {
        string[] lines = await LinesAsync(path, json);
        Assert.All(lines, line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", lines[^1]);
        return [.. lines[..^1].Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, true))
            return;

        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
