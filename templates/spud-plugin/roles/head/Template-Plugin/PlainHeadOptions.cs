using System.Text.Json.Serialization;

namespace TemplateSpace;

/// <summary>What a user may write next to <c>"use": "plain-head"</c>: nothing yet. Properties are <c>set</c>, and ranges are attributes.</summary>
internal sealed class PlainHeadOptions;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlainHeadOptions))]
internal sealed partial class PlainHeadJson : JsonSerializerContext;
