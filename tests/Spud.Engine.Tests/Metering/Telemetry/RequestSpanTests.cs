using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Spud.Tests.Execution.EndToEnd;
using Xunit;

namespace Spud.Tests.Metering.Telemetry;

/// <summary>What a collector in this process sees of a request. Other tests' requests are told apart by the name of their model.</summary>
public sealed class RequestSpanTests : IDisposable
{
    private const string Model = "stories260K-q5_1.gguf";

    private readonly ConcurrentBag<(string Name, double Value, Dictionary<string, object?> Tags)> _metrics = [];
    private readonly ConcurrentBag<Activity> _spans = [];
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _source = new() { ShouldListenTo = source => source.Name == RequestSpan.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
    private readonly LanguageModel _model = LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={TestData.Path($"stories260K/{Model}")}"]), CpuPipeline.Plugins, new PipelineOptions { Threads = 1 });

    public RequestSpanTests()
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RequestSpan.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        _meter.Start();
        _source.ActivityStopped = span => _spans.Add(span);
        ActivitySource.AddActivityListener(_source);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _source.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void A_request_is_a_span_and_metrics_with_the_names_of_the_conventions()
    {
        Request request = Run(new() { MaxTokens = 5, Sampling = new() { Temperature = 0 } });
        Activity span = Assert.Single(_spans, Mine);
        Assert.Equal(($"text_completion {Model}", (object?)4, (object?)5), (span.DisplayName, span.GetTagItem("gen_ai.usage.input_tokens"), span.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal(["length"], (string[])span.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.Equal((double)request.Ledger!.ComputeUnits, span.GetTagItem("spud.compute.units"));
        Assert.Equal([4, 5], Of("gen_ai.client.token.usage").OrderBy(metric => metric.Tags["gen_ai.token.type"]).Select(metric => metric.Value));
        Assert.All(["gen_ai.server.request.duration", "gen_ai.server.time_to_first_token", "gen_ai.server.time_per_output_token"], name => Assert.True(Assert.Single(Of(name)).Value > 0));
        Assert.Equal((double)request.Ledger.ComputeUnits, Of("spud.compute.units").Sum(metric => metric.Value), 1e-12);
        Assert.Equal(request.Ledger.Total.WeightBytesRead + request.Ledger.Total.KvBytesRead, Of("spud.memory.read").Sum(metric => metric.Value));
        Assert.Equal(["decode", "prefill"], Of("spud.compute.units").Select(metric => (string)metric.Tags["spud.phase"]!).Distinct().Order());
    }

    [Fact]
    public void A_refused_request_is_reported_as_such()
    {
        Assert.Throws<BudgetExceededException>(() => Run(new() { Budget = Budget.OfCompute(0.000001m) }));
        Activity span = Assert.Single(_spans, Mine);
        Assert.Equal("refused", span.GetTagItem("spud.outcome"));
        Assert.Equal("refused", Assert.Single(Of("gen_ai.server.request.duration")).Tags["error.type"]);
        Assert.Equal(("refused", 0.0), ((string)Assert.Single(Of("spud.request.compute.units")).Tags["spud.outcome"]!, Of("spud.request.compute.units").Single().Value));
        Assert.Empty(Of("gen_ai.server.time_to_first_token"));
    }

    [Fact]
    public void A_span_of_the_caller_is_the_parent_and_stays_current_between_tokens()
    {
        using Activity caller = new Activity("caller").Start();
        foreach (TextPiece _ in _model.Generate(_model.Encode("Once upon a time"), new() { MaxTokens = 2 }, TestContext.Current.CancellationToken).ToBlockingEnumerable())
            Assert.Same(caller, Activity.Current);

        Assert.Same(caller, Activity.Current);
        Assert.Equal(caller.SpanId, Assert.Single(_spans, Mine).ParentSpanId);
    }

    private Request Run(GenerationOptions options)
    {
        Request request = _model.Generate(_model.Encode("Once upon a time")[..4], options);
        foreach (TextPiece _ in request.ToBlockingEnumerable())
        {
        }

        return request;
    }

    private IEnumerable<(string Name, double Value, Dictionary<string, object?> Tags)> Of(string name) =>
        _metrics.Where(metric => metric.Name == name && (string?)metric.Tags["gen_ai.request.model"] == Model);

    private static bool Mine(Activity span) => (string?)span.GetTagItem("gen_ai.request.model") == Model;

    private void Note(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _metrics.Add((name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
}
