using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Spud.Runtime.Composition;

/// <summary>The members of a pipeline that are no roles. A new one is a property here: reading, faults and schema follow.</summary>
internal sealed class PipelineSettings
{
    [Description("The model file, relative to this file. Without it: the embedded default model.")]
    [MinLength(1)]
    public string? Model { get; set; }

    [Description("The longest sequence, in tokens. Without it: what the model was trained for.")]
    [Range(1, int.MaxValue)]
    public int? Context { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PipelineSettings))]
internal sealed partial class PipelineJson : JsonSerializerContext;
