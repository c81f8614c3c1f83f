using System.Text.Json.Serialization;

namespace TemplateSpace;

/// <summary>What a user may write next to <c>"use": "plain-attention"</c>: nothing yet. Properties are <c>set</c>, and ranges are attributes.</summary>
internal sealed class PlainAttentionOptions;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlainAttentionOptions))]
internal sealed partial class PlainAttentionJson : JsonSerializerContext;
