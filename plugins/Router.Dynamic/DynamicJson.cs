using System.Text.Json.Serialization;

namespace Router.Dynamic;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DynamicRouterOptions))]
[JsonSerializable(typeof(CalibrationFile))]
internal sealed partial class DynamicJson : JsonSerializerContext;
