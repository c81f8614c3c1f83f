namespace Spud.Numerics;

// The formats with blocks of 32. Source: GGML's ggml-common.h (layouts) and ggml-quants.c (dequantize_row_*).

/// <summary>f16 scale, 32 x i8.</summary>
internal readonly unsafe struct BlockQ8_0 : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 34;

    public static bool HasMinimum => false;

    public static void ReadCodes(byte* block, int group, byte* codes) => Buffer.MemoryCopy(block + 2, codes, 32, 32);
}

/// <summary>f16 scale, 32 nibbles minus 8.</summary>
internal readonly unsafe struct BlockQ4_0 : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 18;

    public static bool HasMinimum => false;

    public static void ReadCodes(byte* block, int group, byte* codes) => Codes32.ReadNibbles(block + 2, codes);
}

/// <summary>f16 scale, f16 minimum, 32 nibbles.</summary>
internal readonly unsafe struct BlockQ4_1 : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 20;

    public static bool HasMinimum => true;

    public static void ReadCodes(byte* block, int group, byte* codes) => Codes32.ReadNibbles(block + 4, codes);
}

/// <summary>f16 scale, 32 high bits, 32 nibbles; minus 16.</summary>
internal readonly unsafe struct BlockQ5_0 : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 22;

    public static bool HasMinimum => false;

    public static void ReadCodes(byte* block, int group, byte* codes)
    {
        Codes32.ReadNibbles(block + 6, codes);
        Codes32.AddFifthBits(*(uint*)(block + 2), codes);
    }
}

/// <summary>f16 scale, f16 minimum, 32 high bits, 32 nibbles.</summary>
internal readonly unsafe struct BlockQ5_1 : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 24;

    public static bool HasMinimum => true;

    public static void ReadCodes(byte* block, int group, byte* codes)
    {
        Codes32.ReadNibbles(block + 8, codes);
        Codes32.AddFifthBits(*(uint*)(block + 4), codes);
    }
}

/// <summary>f16 scale, 32 nibbles that index a table of 16 signed bytes.</summary>
internal readonly unsafe struct BlockIQ4_NL : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 18;

    public static bool HasMinimum => false;

    /// <summary>Source: kvalues_iq4nl.</summary>
    public static ReadOnlySpan<sbyte> Table => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public static void ReadCodes(byte* block, int group, byte* codes) => Codes32.ReadNibbles(block + 2, codes);
}

/// <summary>Exponent byte e (a scale of 2^(e - 127)), 32 nibbles that are E2M1 floats, stored here doubled.</summary>
internal readonly unsafe struct BlockMXFP4 : IQuantBlock
{
    public static int Length => 32;

    public static int Bytes => 17;

    public static bool HasMinimum => false;

    public static void ReadCodes(byte* block, int group, byte* codes) => Codes32.ReadNibbles(block + 1, codes);
}
