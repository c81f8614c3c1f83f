using System.Text.Json.Serialization;

namespace Router.Hierarchical;

/// <summary>How the options of this plugin are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HierarchicalRouterOptions))]
internal sealed partial class HierarchicalJson : JsonSerializerContext;
