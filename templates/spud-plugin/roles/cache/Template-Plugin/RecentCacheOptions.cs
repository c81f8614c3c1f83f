using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace TemplateSpace;

/// <summary>What a user may write next to <c>"use": "recent"</c>. Properties are <c>set</c>, and ranges are attributes.</summary>
internal sealed class RecentCacheOptions
{
    /// <summary>Tokens at the start of a text that are kept for good: attention rests on them when it has nothing else to look at.</summary>
    [Range(0, 1 << 20)]
    public int First { get; set; } = 4;

    /// <summary>Latest tokens that are kept.</summary>
    [Range(1, 1 << 20)]
    public int Latest { get; set; } = 1024;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecentCacheOptions))]
internal sealed partial class RecentCacheJson : JsonSerializerContext;
