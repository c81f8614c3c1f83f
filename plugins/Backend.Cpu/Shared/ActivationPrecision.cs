using System.Text.Json.Serialization;

namespace Backend.Cpu.Shared;

/// <summary>What a matrix product reads on the side of the activations.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationPrecision>))]
internal enum ActivationPrecision
{
    /// <summary>Rounded to 8 bits by block, where the weights' format has such a kernel.</summary>
    [JsonStringEnumMemberName("q8")]
    Q8,

    /// <summary>32-bit floats.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,
}
