using System.Text.Json.Serialization;

namespace Cache.Compressed;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CompressedCacheOptions))]
internal sealed partial class CompressedJson : JsonSerializerContext;
