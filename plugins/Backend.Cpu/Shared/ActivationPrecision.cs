using System.Text.Json.Serialization;

namespace Backend.Cpu.Shared;

/// <summary>Precision of the activations read by a matrix product.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationPrecision>))]
internal enum ActivationPrecision
{
    /// <summary>Rounded to 8 bits in blocks, if there is such a kernel for the weights' format.</summary>
    [JsonStringEnumMemberName("q8")]
    Q8,

    /// <summary>32-bit floats.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,
}
