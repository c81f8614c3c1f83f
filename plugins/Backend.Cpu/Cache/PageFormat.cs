using System.Text.Json.Serialization;

namespace Backend.Cpu.Cache;

/// <summary>Formats of a page.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PageFormat>))]
internal enum PageFormat
{
    /// <summary>IEEE 754 binary16.</summary>
    [JsonStringEnumMemberName("f16")]
    F16,

    /// <summary>IEEE 754 binary32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>The upper half of a binary32.</summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,

    /// <summary>Blocks of 32 with 8 bits each and one scale.</summary>
    [JsonStringEnumMemberName("q8_0")]
    Q8_0,

    /// <summary>Blocks of 32 with 4 bits each and one scale.</summary>
    [JsonStringEnumMemberName("q4_0")]
    Q4_0,
}
