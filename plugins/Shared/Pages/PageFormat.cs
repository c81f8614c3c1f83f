using System.Text.Json.Serialization;
using Spud;

namespace Cache.Shared;

/// <summary>Page formats, as named in the options of caches.</summary>
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

/// <summary>Formats as element types.</summary>
internal static class PageFormats
{
    public static ElementType Type(this PageFormat format) => format switch
    {
        PageFormat.F16 => ElementType.F16,
        PageFormat.F32 => ElementType.F32,
        PageFormat.BF16 => ElementType.BF16,
        PageFormat.Q8_0 => ElementType.Q8_0,
        PageFormat.Q4_0 => ElementType.Q4_0,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown page format"),
    };
}
