using System.Text.Json.Serialization;

namespace Backend.Onnx.Weights;

/// <summary>Precision of the activations read by a product with block weights.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationPrecision>))]
internal enum ActivationPrecision
{
    /// <summary>32-bit floats (MatMulNBits' accuracy level 0).</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>Rounded to 8 bits in blocks (accuracy level 4).</summary>
    [JsonStringEnumMemberName("q8")]
    Q8,
}
