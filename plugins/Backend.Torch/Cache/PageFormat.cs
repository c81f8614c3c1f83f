using System.Text.Json.Serialization;

namespace Backend.Torch.Cache;

/// <summary>Formats of a page that libtorch reads without expanding them elsewhere first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PageFormat>))]
internal enum PageFormat
{
    /// <summary>IEEE 754 binary32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>The upper half of a binary32.</summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,

    /// <summary>IEEE 754 binary16.</summary>
    [JsonStringEnumMemberName("f16")]
    F16,
}
