using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Evaluation.Markets;

namespace Spud.Host;

/// <summary>Output of <c>spud market simulate --json</c>: one result for each scheduler.</summary>
internal sealed record MarketReport(string Scenario, double Seconds, int Seed, MarketResult[] Results);

[JsonSerializable(typeof(MarketReport))]
[JsonSerializable(typeof(string))]
internal sealed partial class MarketJson : JsonSerializerContext
{
    /// <summary>Camel case, on one line, without HTML escapes.</summary>
    public static MarketJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
