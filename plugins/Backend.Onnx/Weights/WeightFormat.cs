using System.Text.Json.Serialization;

namespace Backend.Onnx.Weights;

/// <summary>How matrices are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WeightFormat>))]
internal enum WeightFormat
{
    /// <summary>As blocks if ONNX Runtime has an equivalent format, else as f32.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Expanded to f32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>Rounded to IEEE 754 binary16; products compute in f32.</summary>
    [JsonStringEnumMemberName("f16")]
    F16,

    /// <summary>Rounded to bfloat16, the upper half of a binary32; products compute in f32.</summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,
}
