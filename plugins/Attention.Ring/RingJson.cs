using System.Text.Json.Serialization;

namespace Attention.Ring;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RingOptions))]
internal sealed partial class RingJson : JsonSerializerContext;
