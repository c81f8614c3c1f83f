using System.Text.Json.Serialization;

namespace Router.Dynamic;

/// <summary>How the options of this plugin are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DynamicRouterOptions))]
[JsonSerializable(typeof(CalibrationFile))]
internal sealed partial class DynamicJson : JsonSerializerContext;
