using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Spud.Host;

/// <summary>Sends streamed chats to a server, and notes when their tokens come.</summary>
/// <param name="client">With the server's address, and a key if it needs one.</param>
/// <param name="shape">The load.</param>
/// <param name="model">Name of the model; null for the server's default.</param>
internal sealed class LoadRun(HttpClient client, LoadShape shape, string? model)
{
    private static readonly string[] s_words = "time year people way day man thing woman life child world school state family student group country problem hand part place case week company system program question work government number night point home water room mother area money story fact month lot right study book eye job word business issue side kind head house service friend father power hour game line end member law car city".Split(' ');

    private readonly List<RequestTimes> _ended = [];
    private int _next;

    /// <summary>Runs the load to its end.</summary>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The times of all requests, and how long the whole took.</returns>
    public async Task<(IReadOnlyList<RequestTimes> Requests, TimeSpan Duration)> RunAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        await (shape.Clients is { } clients ? Task.WhenAll(Enumerable.Range(0, clients).Select(_ => ClientAsync(cancellation))) : OpenAsync(shape.Rate!.Value, cancellation)).ConfigureAwait(false);
        return (_ended, Stopwatch.GetElapsedTime(start));
    }

    private async Task ClientAsync(CancellationToken cancellation)
    {
        for (int number; (number = Interlocked.Increment(ref _next)) <= shape.Requests;)
            await SendAsync(number, cancellation).ConfigureAwait(false);
    }

    private async Task OpenAsync(double rate, CancellationToken cancellation)
    {
        Random random = new(shape.Seed);
        List<Task> sent = [];
        long start = Stopwatch.GetTimestamp();
        double due = 0;
        for (int number = 1; number <= shape.Requests; number++)
        {
            // Exponential gaps; from the start, so that delays of this program do not add up.
            due -= Math.Log(1 - random.NextDouble()) / rate;
            TimeSpan wait = TimeSpan.FromSeconds(due) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, cancellation).ConfigureAwait(false);

            sent.Add(SendAsync(number, cancellation));
        }

        await Task.WhenAll(sent).ConfigureAwait(false);
    }

    private async Task SendAsync(int number, CancellationToken cancellation)
    {
        RequestTimes times = new();
        long start = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(Body(number), Encoding.UTF8, "application/json") };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                await ReadAsync(response, times, start, cancellation).ConfigureAwait(false);
            else
                times.Fault = $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)}";
        }
        catch (HttpRequestException fault)
        {
            times.Fault = fault.Message;
        }

        lock (_ended)
            _ended.Add(times);
    }

    private static async Task ReadAsync(HttpResponseMessage response, RequestTimes times, long start, CancellationToken cancellation)
    {
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            // A chunk with text; what else a line may have does not matter here, and parsing it would cost the machine under test.
            if (line.StartsWith("data: {", StringComparison.Ordinal) && line.Contains("\"content\":\"", StringComparison.Ordinal) && !line.Contains("\"content\":\"\"", StringComparison.Ordinal))
                times.Add(Stopwatch.GetElapsedTime(start));
        }
    }

    private string Body(int number)
    {
        Random random = new(shape.Seed * 7919 + number);
        string prompt = string.Join(' ', Enumerable.Range(0, shape.PromptWords).Select(_ => s_words[random.Next(s_words.Length)]));
        JsonObject body = new()
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
            ["max_tokens"] = shape.MaxTokens,
            ["ignore_eos"] = true,
            ["temperature"] = 0,
            ["stream"] = true,
        };
        if (model is not null)
            body["model"] = model;

        return body.ToJsonString();
    }
}
