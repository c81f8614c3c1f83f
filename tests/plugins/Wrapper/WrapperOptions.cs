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

internal sealed class ServingOptions
{
    /// <summary>Receives a line when the fold serves, and one when it is disposed; null: the process is the program.</summary>
    public string? File { get; set; }

    /// <summary>Whether the program is lost while it is served.</summary>
    public bool IsLost { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WrapperOptions))]
[JsonSerializable(typeof(CappedOptions))]
[JsonSerializable(typeof(ServingOptions))]
internal sealed partial class WrapperJson : JsonSerializerContext;
