using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Spud;

namespace Wrapper;

internal sealed class WrapperOptions
{
    /// <summary>The component inside.</summary>
    public ComponentSpec Inner { get; set; } = new("reference");

    /// <summary>Head: what is added to the logits of tokens that stood in the text before its last border.</summary>
    public float Repeats { get; set; }

    /// <summary>Says nothing of what the component inside can do.</summary>
    public bool HidesOffer { get; set; }
}

internal sealed class CappedOptions
{
    /// <summary>The component inside.</summary>
    public ComponentSpec Inner { get; set; } = new("reference");

    /// <summary>Experts of a row at most.</summary>
    [Range(1, 1024)]
    public int Experts { get; set; } = 1024;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrapperOptions))]
[JsonSerializable(typeof(CappedOptions))]
internal sealed partial class WrapperJson : JsonSerializerContext;
