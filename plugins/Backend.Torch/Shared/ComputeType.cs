using System.Text.Json.Serialization;
using Spud;

namespace Backend.Torch.Shared;

/// <summary>Type of weights and of the inputs of products.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComputeType>))]
internal enum ComputeType
{
    /// <summary>IEEE 754 binary32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>bfloat16, the upper half of a binary32.</summary>
    [JsonStringEnumMemberName("bf16")]
    BF16,

    /// <summary>IEEE 754 binary16; on the CPU only for weights, which are expanded to f32 part by part.</summary>
    [JsonStringEnumMemberName("f16")]
    F16,
}

/// <summary>Conversion to the contract's types.</summary>
internal static class ComputeTypes
{
    extension(ComputeType type)
    {
        /// <summary>The corresponding type of the contract.</summary>
        public ElementType Element => type switch
        {
            ComputeType.F32 => ElementType.F32,
            ComputeType.BF16 => ElementType.BF16,
            ComputeType.F16 => ElementType.F16,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown type"),
        };
    }
}
