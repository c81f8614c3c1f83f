using System.Text.Json;
using Spud.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;

namespace Spud.Server.Generation;

/// <summary>The fields of every request that generates text.</summary>
internal static class GenerationFields
{
    private const int MaxStops = 16;

    /// <summary>Reads them.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="lease">The model.</param>
    /// <param name="call">What the endpoint has read itself.</param>
    public static GenerationOptions Read(in Fields fields, ModelLease lease, in CallShape call) => new()
    {
        MaxTokens = call.MaxTokens,
        Sampling = SamplingFields.Read(fields, lease, call.LogProbabilities),
        Budget = BudgetField.Read(fields, call.Order.Prices, call.Choices) ?? call.Order.DefaultBudget(call.Choices),
        Effort = EffortFields.Read(fields, lease.Model),
        Prefer = PreferField.Read(fields),
        StopStrings = Stops(fields),
        IgnoreEndOfGeneration = fields.Flag("ignore_eos") ?? false,
        Job = TermsFields.Read(fields, call.Order.Caller),
        PrefixSharing = call.Order.Caller.Account,
    };

    /// <summary>A maximum number of tokens; too large a one is clamped, since it means "no limit".</summary>
    /// <param name="fields">The request.</param>
    /// <param name="names">Its names, the preferred one first.</param>
    public static int? MaxTokens(in Fields fields, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (fields.Integer(name, 1, long.MaxValue) is { } tokens)
                return (int)Math.Min(tokens, int.MaxValue);
        }

        return null;
    }

    /// <summary>Refuses known fields that this server does not honour.</summary>
    public static void Refuse(in Fields fields, IReadOnlyDictionary<string, string> reasons)
    {
        foreach ((string name, string reason) in reasons)
        {
            if (fields.Any(name) is { } value && !IsNeutral(value))
                throw ApiException.Unsupported(name, reason);
        }
    }

    private static IReadOnlyList<string> Stops(in Fields fields)
    {
        if (fields.Any("stop") is not { } stop)
            return [];

        IReadOnlyList<string> stops = stop.ValueKind switch
        {
            JsonValueKind.String => [stop.GetString()!],
            JsonValueKind.Array => fields.Texts("stop"),
            _ => throw fields.Wrong("stop", "a string or an array of strings", stop),
        };
        if (stops.Count > MaxStops)
            throw ApiException.Invalid("stop", $"expected at most {MaxStops} strings, got {stops.Count}.", "invalid_value");
        if (stops.Any(static text => text.Length == 0))
            throw ApiException.Invalid("stop", "a stop string is empty; expected at least one character.", "invalid_value");

        return stops;
    }

    private static bool IsNeutral(JsonElement value) => value.ValueKind == JsonValueKind.False || value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;
}

/// <summary>What an endpoint reads of a request itself.</summary>
/// <param name="Choices">Number of texts.</param>
/// <param name="MaxTokens">Maximum tokens of each; null for none.</param>
/// <param name="LogProbabilities">Number of log-probabilities to report; 0 for none.</param>
/// <param name="Order">Who asks, and what it costs.</param>
internal readonly record struct CallShape(int Choices, int? MaxTokens, int LogProbabilities, Order Order);
