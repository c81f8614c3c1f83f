using System.Text.Json.Serialization;

namespace Attention.DualChunk;

/// <summary>How the options of this plugin are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DualChunkOptions))]
internal sealed partial class DualChunkJson : JsonSerializerContext;
