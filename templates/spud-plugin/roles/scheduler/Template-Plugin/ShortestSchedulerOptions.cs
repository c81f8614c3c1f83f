using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace TemplateSpace;

/// <summary>What a user may write next to <c>"use": "shortest"</c>. Properties are <c>set</c>, and ranges are attributes.</summary>
internal sealed class ShortestSchedulerOptions
{
    /// <summary>A job that has waited for a second counts as this many rows shorter, so that long ones get their turn.</summary>
    [Range(0.001, 1e6)]
    public double RowsPerSecond { get; set; } = 20;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShortestSchedulerOptions))]
internal sealed partial class ShortestSchedulerJson : JsonSerializerContext;
