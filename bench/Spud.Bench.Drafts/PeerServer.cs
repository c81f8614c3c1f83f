using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Spud.Bench.Drafts;

/// <summary>llama.cpp's server of the same model, whose drafts of n-grams are compared with ours.</summary>
internal sealed class PeerServer : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private PeerServer(Process process, int port) => (_process, _client) = (process, new() { BaseAddress = new($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(5) });

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="program">llama-server.</param>
    /// <param name="model">The model's file.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="drafts">Its --spec-type: none, ngram-simple, ngram-map-k, …</param>
    public static async Task<PeerServer> StartAsync(string program, string model, int port, int threads, string drafts)
    {
        string number = threads.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["-m", model, "--port", port.ToString(CultureInfo.InvariantCulture), "-t", number, "-tb", number, "-c", "2048", "-np", "1", "--no-webui", "--spec-type", drafts];
        Console.WriteLine($"{program} {string.Join(' ', arguments)}");
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        PeerServer server = new(Process.Start(start)!, port);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        while (!await server.IsReadyAsync().ConfigureAwait(false))
        {
            if (server._process.HasExited)
                throw new InvalidOperationException($"{program} ended with exit code {server._process.ExitCode}.");

            await Task.Delay(100).ConfigureAwait(false);
        }

        return server;
    }

    /// <summary>Answers greedily.</summary>
    /// <param name="prompt">Ids.</param>
    /// <param name="tokens">Maximum length of the answer.</param>
    public async Task<PeerAnswer> AnswerAsync(int[] prompt, int tokens)
    {
        JsonObject body = new() { ["prompt"] = new JsonArray([.. prompt.Select(static id => (JsonNode)id)]), ["n_predict"] = tokens, ["temperature"] = 0, ["cache_prompt"] = false };
        using HttpResponseMessage response = await _client.PostAsJsonAsync("completion", body).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        JsonNode timings = (await response.Content.ReadFromJsonAsync<JsonNode>().ConfigureAwait(false))!["timings"]!;
        return new((int)timings["predicted_n"]!, TimeSpan.FromMilliseconds((double)timings["predicted_ms"]!), (int?)timings["draft_n"] ?? 0, (int?)timings["draft_n_accepted"] ?? 0);
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage health = await _client.GetAsync(new Uri("health", UriKind.Relative)).ConfigureAwait(false);
            return health.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }
}
