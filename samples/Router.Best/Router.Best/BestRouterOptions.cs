using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Router.Best;

/// <summary>What a user may write next to <c>"use": "best"</c>. Properties are <c>set</c>, and ranges are attributes.</summary>
internal sealed class BestRouterOptions
{
    /// <summary>Experts of a row are added, best first, until their probabilities sum to this.</summary>
    [Range(0.0, 1.0)]
    public float Mass { get; set; } = 0.5f;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BestRouterOptions))]
internal sealed partial class BestRouterJson : JsonSerializerContext;
