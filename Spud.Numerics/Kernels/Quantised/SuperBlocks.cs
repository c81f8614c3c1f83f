namespace Spud.Numerics;

// The formats with super-blocks of 256. Source: GGML's ggml-common.h (layouts) and ggml-quants.c (dequantize_row_*).

/// <summary>f16 d, f16 dmin, 8 pairs of 6-bit (scale, minimum) in 12 bytes, 256 nibbles: d sc q - dmin m.</summary>
internal readonly unsafe struct BlockQ4_K : IQuantBlock
{
    public static int Length => 256;

    public static int Bytes => 144;

    public static bool HasMinimum => true;

    public static void ReadCodes(byte* block, int group, byte* codes) =>
        Codes32.ReadNibbles(block + 16 + 32 * (group / 2), 4 * (group % 2), codes);
}

/// <summary>Like Q4_K, plus a fifth bit for each code in 32 bytes: bit g of byte j belongs to code j of group g.</summary>
internal readonly unsafe struct BlockQ5_K : IQuantBlock
{
    public static int Length => 256;

    public static int Bytes => 176;

    public static bool HasMinimum => true;

    public static void ReadCodes(byte* block, int group, byte* codes)
    {
        Codes32.ReadNibbles(block + 48 + 32 * (group / 2), 4 * (group % 2), codes);
        Codes32.AddHighBits(block + 16, group, 1, codes);
    }
}

/// <summary>128 bytes of nibbles, 64 bytes of bit pairs, 16 i8 scales (one per 16 codes), f16 d: d sc (code - 32).</summary>
internal readonly unsafe struct BlockQ6_K : IQuantBlock
{
    public static int Length => 256;

    public static int Bytes => 210;

    public static bool HasMinimum => false;

    public static void ReadCodes(byte* block, int group, byte* codes)
    {
        int half = group / 4, quarter = group % 4;
        Codes32.ReadNibbles(block + 64 * half + 32 * (quarter % 2), 4 * (quarter / 2), codes);
        Codes32.AddHighBits(block + 128 + 32 * half, 2 * quarter, 3, codes);
    }
}

/// <summary>The header of Q4_K and Q5_K: d, dmin and the 12 bytes of 6-bit scales and minima.</summary>
internal static unsafe class SixBitScales
{
    /// <summary>Groups 0 to 3 are in the low six bits; 4 to 7 in a nibble each and the top bits of the first eight bytes.</summary>
    public static (int Scale, int Minimum) Bits(byte* packed, int group) => group < 4
        ? (packed[group] & 63, packed[group + 4] & 63)
        : ((packed[group + 4] & 15) | packed[group - 4] >> 6 << 4, packed[group + 4] >> 4 | packed[group] >> 6 << 4);
}
