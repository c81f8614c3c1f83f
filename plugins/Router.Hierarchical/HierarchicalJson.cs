using System.Text.Json.Serialization;

namespace Router.Hierarchical;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HierarchicalRouterOptions))]
internal sealed partial class HierarchicalJson : JsonSerializerContext;
