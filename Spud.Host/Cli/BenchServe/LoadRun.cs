using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Spud.Host;

/// <summary>
/// Sends streamed chats to a server, and notes when their tokens come. Each request has a thread that waits for it: a token then costs one wake-up, and
/// this program little of the processors that it shares with the server under test.
/// </summary>
/// <param name="client">With the server's address, and a key if it needs one.</param>
/// <param name="shape">The load.</param>
/// <param name="model">Name of the model; null for the server's default.</param>
internal sealed class LoadRun(HttpClient client, LoadShape shape, string? model)
{
    private static readonly string[] s_words = "time year people way day man thing woman life child world school state family student group country problem hand part place case week company system program question work government number night point home water room mother area money story fact month lot right study book eye job word business issue side kind head house service friend father power hour game line end member law car city".Split(' ');

    /// <summary>Requests of one token each before the measurement: the runtime compiles code again once it was called 30 times.</summary>
    private const int WarmUps = 40;

    /// <summary>Within this time the runtime has begun to compile what it counted.</summary>
    private static readonly TimeSpan s_compilation = TimeSpan.FromSeconds(0.5);

    private readonly List<RequestTimes> _ended = [];
    private int _next;

    /// <summary>Runs the load to its end.</summary>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The times of all requests, and how long the whole took.</returns>
    public async Task<(IReadOnlyList<RequestTimes> Requests, TimeSpan Duration)> RunAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        await (shape.Clients is { } clients ? Task.WhenAll(Enumerable.Range(0, clients).Select(_ => OnThread(() => RunClient(cancellation)))) : OpenAsync(shape.Rate!.Value, cancellation)).ConfigureAwait(false);
        return (_ended, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Sends short requests that are not measured, so that this program is compiled before the measurement; ends with the first that fails.</summary>
    public async Task WarmUpAsync(CancellationToken cancellation)
    {
        await OnThread(() =>
        {
            for (int number = 1; number <= WarmUps; number++)
            {
                if (Send(Body(-number, words: 1, tokens: 1), cancellation).Fault is not null)
                    return;
            }
        }).ConfigureAwait(false);
        await Task.Delay(s_compilation, cancellation).ConfigureAwait(false);
    }

    private void RunClient(CancellationToken cancellation)
    {
        for (int number; (number = Interlocked.Increment(ref _next)) <= shape.Requests;)
            Measure(number, cancellation);
    }

    private void Measure(int number, CancellationToken cancellation)
    {
        RequestTimes times = Send(Body(number, shape.PromptWords, shape.MaxTokens), cancellation);
        lock (_ended)
            _ended.Add(times);
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

            int sending = number;
            sent.Add(OnThread(() => Measure(sending, cancellation)));
        }

        await Task.WhenAll(sent).ConfigureAwait(false);
    }

    private static Task OnThread(Action run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private RequestTimes Send(string body, CancellationToken cancellation)
    {
        RequestTimes times = new();
        long start = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        try
        {
            using HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            using Stream stream = response.Content.ReadAsStream(cancellation);

            // A read has no token of its own.
            using CancellationTokenRegistration end = cancellation.Register(stream.Dispose);
            if (response.IsSuccessStatusCode)
                TokenLines.Read(stream, () => times.Add(Stopwatch.GetElapsedTime(start)));
            else
                times.Fault = $"{(int)response.StatusCode}: {new StreamReader(stream).ReadToEnd()}";
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or ObjectDisposedException)
        {
            cancellation.ThrowIfCancellationRequested();
            times.Fault = fault.Message;
        }

        return times;
    }

    private string Body(int number, int words, int tokens)
    {
        Random random = new(shape.Seed * 7919 + number);
        string prompt = string.Join(' ', Enumerable.Range(0, words).Select(_ => s_words[random.Next(s_words.Length)]));
        JsonObject body = new()
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
            ["max_tokens"] = tokens,
            ["ignore_eos"] = true,
            ["temperature"] = 0,
            ["stream"] = true,
        };
        if (model is not null)
            body["model"] = model;

        return body.ToJsonString();
    }
}
