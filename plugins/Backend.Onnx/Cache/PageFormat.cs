using System.Text.Json.Serialization;

namespace Backend.Onnx.Cache;

/// <summary>Formats of a page.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PageFormat>))]
internal enum PageFormat
{
    /// <summary>IEEE 754 binary32: read in place.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>IEEE 754 binary16: expanded for every step.</summary>
    [JsonStringEnumMemberName("f16")]
    F16,

    /// <summary>The upper half of a binary32: likewise.</summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,
}
