using System.Diagnostics;
using System.Diagnostics.Metrics;
using Spud.Configuration;
using Spud.Metering;

namespace Spud.Generation;

/// <summary>Reports ledgers as metrics. Created when the first request ends.</summary>
internal static class RequestMetrics
{
    private static readonly Meter s_meter = new(RequestSpan.Name);
    private static readonly Histogram<long> s_tokens = s_meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens of a request's prompt and of its answer.");
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("gen_ai.server.request.duration", "s", "From the start of a request to its end.");
    private static readonly Histogram<double> s_first = s_meter.CreateHistogram<double>("gen_ai.server.time_to_first_token", "s", "From the start of a request to its first token.");
    private static readonly Histogram<double> s_each = s_meter.CreateHistogram<double>("gen_ai.server.time_per_output_token", "s", "Time of a token after the first.");
    private static readonly Counter<double> s_compute = s_meter.CreateCounter<double>("spud.compute.units", "{CU}", "Compute, 10^9 FLOP each, by phase and role.");
    private static readonly Counter<long> s_read = s_meter.CreateCounter<long>("spud.memory.read", "By", "Weights, keys and values that were read, by phase and role.");
    private static readonly Histogram<double> s_request = s_meter.CreateHistogram<double>("spud.request.compute.units", "{CU}", "Compute of a request, by outcome.");

    public static void Record(Request request, TimeSpan duration, in TagList tags)
    {
        s_tokens.Record(request.PromptTokens, With(tags, "gen_ai.token.type", "input"));
        s_tokens.Record(request.GeneratedTokens, With(tags, "gen_ai.token.type", "output"));
        s_duration.Record(duration.TotalSeconds, tags);
        if (request.GeneratedTokens > 0)
            s_first.Record(request.TimeToFirstToken.TotalSeconds, tags);
        if (request.GeneratedTokens > 1)
            s_each.Record(request.DecodeTime.TotalSeconds / (request.GeneratedTokens - 1), tags);
        if (request.Ledger is { } ledger)
            Record(ledger, tags);
    }

    private static void Record(Ledger ledger, in TagList tags)
    {
        s_request.Record((double)ledger.ComputeUnits, With(tags, "spud.outcome", $"{ledger.Outcome}".ToLowerInvariant()));
        foreach (Phase phase in Enum.GetValues<Phase>())
        {
            foreach (Role role in Role.All)
            {
                Tally work = ledger[phase].Of(role);
                TagList of = With(With(tags, "spud.phase", $"{phase}".ToLowerInvariant()), "spud.role", role.Name);
                if (work.Flops > 0)
                    s_compute.Add((double)work.ComputeUnits, of);
                if (work.WeightBytesRead + work.KvBytesRead is > 0 and long bytes)
                    s_read.Add(bytes, of);
            }
        }
    }

    private static TagList With(in TagList tags, string name, string value)
    {
        TagList more = tags;
        more.Add(name, value);
        return more;
    }
}
