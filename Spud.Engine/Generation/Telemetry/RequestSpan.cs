using System.Diagnostics;
using Spud.Metering;

namespace Spud.Generation;

/// <summary>
/// One request as reported to collectors: a span while it runs, and metrics at its end, using the names of OpenTelemetry's conventions for
/// generative AI where they exist. Without a listener it is only a clock.
/// </summary>
internal sealed class RequestSpan
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Spud";

    private const string Operation = "text_completion";
    private static readonly ActivitySource s_source = new(Name);

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Activity? _activity;
    private readonly string _model;

    private RequestSpan(string model, Activity? activity) => (_model, _activity) = (model, activity);

    /// <summary>Starts a request.</summary>
    public static RequestSpan Begin(string model, GenerationOptions options)
    {
        Activity? outside = Activity.Current;
        Activity? activity = s_source.StartActivity($"{Operation} {model}", ActivityKind.Internal);

        // Code that reads the text between two tokens runs outside the span.
        Activity.Current = outside;
        activity?.SetTag("gen_ai.operation.name", Operation)
            .SetTag("gen_ai.provider.name", "spud")
            .SetTag("gen_ai.request.model", model)
            .SetTag("gen_ai.request.max_tokens", options.MaxTokens)
            .SetTag("gen_ai.request.temperature", options.Sampling.Temperature)
            .SetTag("gen_ai.request.top_k", options.Sampling.TopK)
            .SetTag("gen_ai.request.top_p", options.Sampling.TopP);
        return new(model, activity);
    }

    /// <summary>Ends the request; its cost is in its ledger.</summary>
    public void End(Request request)
    {
        TagList tags = new() { { "gen_ai.operation.name", Operation }, { "gen_ai.provider.name", "spud" }, { "gen_ai.request.model", _model } };
        if (request.Finish is FinishReason.Failed or FinishReason.Refused)
            tags.Add("error.type", Outcome(request));

        RequestMetrics.Record(request, Stopwatch.GetElapsedTime(_start), tags);
        _activity?.SetTag("gen_ai.usage.input_tokens", request.PromptTokens)
            .SetTag("gen_ai.usage.output_tokens", request.GeneratedTokens)
            .SetTag("gen_ai.response.finish_reasons", new[] { Reason(request.Finish) })
            .SetTag("spud.outcome", Outcome(request))
            .SetTag("spud.tokens.reused", request.ReusedTokens)
            .SetTag("spud.compute.units", (double)(request.Ledger?.ComputeUnits ?? 0))
            .SetStatus(request.Finish is FinishReason.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset);

        // The code that ends it continues in its own context.
        Activity? outside = Activity.Current;
        _activity?.Dispose();
        Activity.Current = outside;
    }

    private static string Outcome(Request request) => $"{request.Ledger?.Outcome ?? RequestOutcome.Failed}".ToLowerInvariant();

    // The conventions' own terms, where they exist.
    private static string Reason(FinishReason reason) => reason switch
    {
        FinishReason.StopToken or FinishReason.StopString => "stop",
        FinishReason.Length or FinishReason.ContextFull => "length",
        FinishReason.Failed => "error",
        _ => $"{reason}".ToLowerInvariant(),
    };
}
