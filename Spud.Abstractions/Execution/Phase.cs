using System.Text.Json.Serialization;

namespace Spud;

/// <summary>What a sequence does in a step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Phase>))]
public enum Phase
{
    /// <summary>Reads a prompt.</summary>
    Prefill,

    /// <summary>Produces a token.</summary>
    Decode,
}
