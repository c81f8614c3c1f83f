using System.Text.Json.Serialization;

namespace Backend.Shared.Cache;

/// <summary>Formats of a page.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PageFormat>))]
internal enum PageFormat
{
    /// <summary>IEEE 754 binary32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>IEEE 754 binary16.</summary>
    [JsonStringEnumMemberName("f16")]
    F16,

    /// <summary>The upper half of a binary32.</summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,
}
