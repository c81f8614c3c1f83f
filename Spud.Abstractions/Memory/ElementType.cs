using System.Text.Json.Serialization;

namespace Spud;

/// <summary>
/// Element and block types, with GGML's numbers. Activations are <see cref="F32"/>, <see cref="F16"/> or <see cref="BF16"/>, indices are
/// <see cref="I32"/>, and weights are of any type. Source: the GGUF specification and <c>ggml.h</c>.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ElementType>))]
public enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32 = 0,

    /// <summary>IEEE 754 binary16.</summary>
    F16 = 1,

    /// <summary>32 elements, 4 bits each, one scale.</summary>
    Q4_0 = 2,

    /// <summary>32 elements, 4 bits each, scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>32 elements, 5 bits each, one scale.</summary>
    Q5_0 = 6,

    /// <summary>32 elements, 5 bits each, scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>32 elements, 8 bits each, one scale.</summary>
    Q8_0 = 8,

    /// <summary>32 elements, 8 bits each, scale and weighted sum; an activation format.</summary>
    Q8_1 = 9,

    /// <summary>256 elements, 2 bits each, 16 sub-blocks with scale and minimum.</summary>
    Q2_K = 10,

    /// <summary>256 elements, 3 bits each, 16 sub-blocks with a scale.</summary>
    Q3_K = 11,

    /// <summary>256 elements, 4 bits each, 8 sub-blocks with scale and minimum.</summary>
    Q4_K = 12,

    /// <summary>256 elements, 5 bits each, 8 sub-blocks with scale and minimum.</summary>
    Q5_K = 13,

    /// <summary>256 elements, 6 bits each, 16 sub-blocks with a scale.</summary>
    Q6_K = 14,

    /// <summary>256 elements, 8 bits each, one f32 scale and 16 sums; an activation format.</summary>
    Q8_K = 15,

    /// <summary>256 elements, 2.06 bits each, from a codebook.</summary>
    IQ2_XXS = 16,

    /// <summary>256 elements, 2.31 bits each, from a codebook.</summary>
    IQ2_XS = 17,

    /// <summary>256 elements, 3.06 bits each, from a codebook.</summary>
    IQ3_XXS = 18,

    /// <summary>256 elements, 1.56 bits each, from a codebook.</summary>
    IQ1_S = 19,

    /// <summary>32 elements, 4 bits each, through a non-linear table.</summary>
    IQ4_NL = 20,

    /// <summary>256 elements, 3.44 bits each, from a codebook.</summary>
    IQ3_S = 21,

    /// <summary>256 elements, 2.56 bits each, from a codebook.</summary>
    IQ2_S = 22,

    /// <summary>256 elements, 4.25 bits each, through a non-linear table.</summary>
    IQ4_XS = 23,

    /// <summary>Signed 8-bit integer.</summary>
    I8 = 24,

    /// <summary>Signed 16-bit integer.</summary>
    I16 = 25,

    /// <summary>Signed 32-bit integer.</summary>
    I32 = 26,

    /// <summary>Signed 64-bit integer.</summary>
    I64 = 27,

    /// <summary>IEEE 754 binary64.</summary>
    F64 = 28,

    /// <summary>256 elements, 1.75 bits each, from a codebook.</summary>
    IQ1_M = 29,

    /// <summary>The upper half of a binary32.</summary>
    BF16 = 30,

    /// <summary>256 elements, ternary, 1.69 bits each.</summary>
    TQ1_0 = 34,

    /// <summary>256 elements, ternary, 2.06 bits each.</summary>
    TQ2_0 = 35,

    /// <summary>32 elements, 4-bit floats (E2M1) under one power of two (OCP Microscaling Formats 1.0).</summary>
    MXFP4 = 39,

    /// <summary>64 elements, 4-bit floats (E2M1) in four groups of 16, each under an unsigned E4M3 scale.</summary>
    NVFP4 = 40,
}
