using System.Text.Json.Serialization;

namespace Attention.DualChunk;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DualChunkOptions))]
internal sealed partial class DualChunkJson : JsonSerializerContext;
