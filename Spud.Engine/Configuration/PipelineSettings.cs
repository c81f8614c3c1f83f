using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Spud.Configuration;

/// <summary>The members of a pipeline that are not roles. Adding a property here is enough: reading, faults and schema follow.</summary>
internal sealed class PipelineSettings
{
    [Description("The model file, relative to this file. Without it: the embedded default model.")]
    [MinLength(1)]
    public string? Model { get; set; }

    [Description("The longest sequence, in tokens. Without it: what the model was trained for, or what 'rope' makes of it.")]
    [Range(1, int.MaxValue)]
    public int? Context { get; set; }

    [Description("How rotary position embedding is scaled, so that the model reads further than it was trained for. Without it: as the model's file says.")]
    public RopeSettings? Rope { get; set; }

    [Description("What a request may cost, unless the request has its own limit.")]
    public BudgetSettings? Budget { get; set; }
}

/// <summary>Limits of every request.</summary>
internal sealed class BudgetSettings
{
    [Description("The limit in compute units, 10^9 FLOP each. Without it: none.")]
    [Range(0, 9e9, MinimumIsExclusive = true)]
    public decimal? ComputeUnits { get; set; }

    [Description("How much compute a request is worth, from 0 to 1: routers that can choose take fewer experts.")]
    [Range(0f, 1f)]
    public float Effort { get; set; } = 1;

    [Description("What lengths of drafts are chosen for: latency, compute (few rejected rows), or fixed (the drafter's maximum, whatever it costs).")]
    public DraftPreference Prefer { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PipelineSettings))]
internal sealed partial class PipelineJson : JsonSerializerContext;
