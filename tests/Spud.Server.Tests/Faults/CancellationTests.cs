using System.Diagnostics;
using System.Diagnostics.Metrics;
using Spud.Server.Generation;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Faults;

/// <summary>
/// Requests whose clients leave. llama.cpp#24496: not cancelled at all; llama.cpp#13262: the queue ran requests of the dead; ik_llama.cpp#1020,
/// vllm#54947: not cancelled while the prompt was read.
/// </summary>
[Collection(Alone.Name)]
public sealed class CancellationTests : IAsyncLifetime
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Outcome, double Units)> _ended = [];
    private TestServer? _server;

    private TestServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: LanguageModel.TelemetryName, Name: "spud.request.compute.units" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, units, tags, _) => Note(units, new(tags.ToArray())));
        _listener.Start();
        _server = await TestServer.StartAsync(TestData.DefaultModel, ["--Serve:Sequences=1"]);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return Server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_ends_when_its_client_leaves_while_the_prompt_is_read(bool streams)
    {
        // Some 6,000 tokens, more than 1,600 CU.
        string prompt = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 600));
        await LeaveAsync($$"""{ "stream": {{(streams ? "true" : "false")}}, "messages": [{ "role": "user", "content": "{{prompt}}" }] }""", TimeSpan.FromMilliseconds(400));
        (string outcome, double units) = Assert.Single(_ended);
        Assert.Equal("cancelled", outcome);
        Assert.InRange(units, 0, 1200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_ends_when_its_client_leaves_while_text_is_generated(bool streams)
    {
        await LeaveAsync($$"""{ "stream": {{(streams ? "true" : "false")}}, "ignore_eos": true, "messages": [{ "role": "user", "content": "Count." }] }""", TimeSpan.FromMilliseconds(800));
        Assert.Equal("cancelled", Assert.Single(_ended).Outcome);
    }

    [Fact]
    public async Task A_request_that_waits_is_never_run_for_a_client_that_has_left()
    {
        using CancellationTokenSource end = new();
        Task running = SendAsync("""{ "ignore_eos": true, "messages": [{ "role": "user", "content": "Count." }] }""", end.Token);
        await UntilAsync(1);
        using CancellationTokenSource leave = new();
        Task waiting = SendAsync("""{ "messages": [{ "role": "user", "content": "Count." }] }""", leave.Token);
        await UntilAsync(2);
        await leave.CancelAsync();
        await UntilAsync(1);
        await waiting;

        Assert.All(_ended, static end => Assert.Equal(("cancelled", 0), end));
        await end.CancelAsync();
        await running;
        await UntilAsync(0);
    }

    [Fact]
    public async Task An_answer_that_is_not_complete_at_its_deadline_is_an_error()
    {
        System.Text.Json.JsonElement error = await Server.RefusedAsync(400, ChatPath, """{ "deadline": 0.5, "ignore_eos": true, "messages": [{ "role": "user", "content": "Count." }] }""");
        Assert.Equal("bid_expired", error.GetProperty("code").GetString());
        Assert.Equal("expired", Assert.Single(_ended).Outcome);
    }

    private async Task LeaveAsync(string body, TimeSpan after)
    {
        using CancellationTokenSource leave = new();
        Task request = SendAsync(body, leave.Token);
        await UntilAsync(1);
        leave.CancelAfter(after);
        await request;
        await UntilAsync(0);
    }

    private async Task SendAsync(string body, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await Server.PostAsync(ChatPath, body, cancellation);
            Assert.Fail($"it was answered: {response.StatusCode}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As wanted.
        }
    }

    // The answers that the server works for.
    private async Task UntilAsync(int open)
    {
        Admission admission = Server.Services.GetRequiredService<Admission>();
        long start = Stopwatch.GetTimestamp();
        while (admission.Open != open)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), $"after 2 minutes there are {admission.Open} answers, expected {open}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private void Note(double units, Dictionary<string, object?> tags)
    {
        if (tags["gen_ai.request.model"] as string == Path.GetFileName(TestData.DefaultModel))
        {
            lock (_ended)
                _ended.Add(((string)tags["spud.outcome"]!, units));
        }
    }
}
