using System.Text.Json.Serialization;

namespace Backend.Onnx.Weights;

/// <summary>What a product with block weights reads on the side of the activations.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationPrecision>))]
internal enum ActivationPrecision
{
    /// <summary>32-bit floats (MatMulNBits' accuracy level 0).</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>Rounded to 8 bits by block (accuracy level 4).</summary>
    [JsonStringEnumMemberName("q8")]
    Q8,
}
