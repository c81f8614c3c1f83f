using System.Text.Json.Serialization;

namespace TemplateSpace;

/// <summary>What a user may write next to <c>"use": "plain-experts"</c>: nothing yet. Properties are <c>set</c>, and ranges are attributes.</summary>
internal sealed class PlainExpertsOptions;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlainExpertsOptions))]
internal sealed partial class PlainExpertsJson : JsonSerializerContext;
