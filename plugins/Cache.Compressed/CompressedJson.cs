using System.Text.Json.Serialization;

namespace Cache.Compressed;

/// <summary>How the options of this plugin are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CompressedCacheOptions))]
internal sealed partial class CompressedJson : JsonSerializerContext;
