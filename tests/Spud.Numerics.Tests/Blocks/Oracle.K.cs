namespace Spud.Numerics.Tests.Blocks;

/// <summary>The formats of 256 elements with scales of scales.</summary>
internal static partial class Oracle
{
    private static double SuperBlock(string format, ReadOnlySpan<byte> block, int i) => format switch
    {
        "Q2_K" => Half(block, 80) * (block[i / 16] & 15) * TwoBits(block[16..], i) - Half(block, 82) * (block[i / 16] >> 4),
        "Q3_K" => Half(block, 108) * (ThirdScale(block[96..], i / 16) - 32) * (TwoBits(block[32..], i) + 4 * Layer(block, i) - 4),
        "Q4_K" => Half(block, 0) * Scale(block[4..], i / 32) * Packed(block[16..], i)
            - Half(block, 2) * Minimum(block[4..], i / 32),
        "Q5_K" => Half(block, 0) * Scale(block[4..], i / 32) * (Packed(block[48..], i) + 16 * Layer(block[16..], i))
            - Half(block, 2) * Minimum(block[4..], i / 32),
        "Q6_K" => Half(block, 208) * (sbyte)block[192 + i / 16] * (Sixth(block, i) - 32),
        _ => throw new ArgumentException($"{format} has no oracle.", nameof(format)),
    };

    // Bit i / 32 of byte i % 32.
    private static int Layer(ReadOnlySpan<byte> bytes, int i) => (bytes[i % 32] >> (i / 32)) & 1;

    // Of each 64 elements, 32 in the lower halves of 32 bytes, 32 in the upper.
    private static int Packed(ReadOnlySpan<byte> bytes, int i)
    {
        int pair = bytes[i / 64 * 32 + i % 32];
        return i % 64 < 32 ? pair & 15 : pair >> 4;
    }

    private static int Scale(ReadOnlySpan<byte> packed, int group) =>
        group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) + 16 * (packed[group - 4] >> 6);

    private static int Minimum(ReadOnlySpan<byte> packed, int group) =>
        group < 4 ? packed[group + 4] & 63 : (packed[group + 4] >> 4) + 16 * (packed[group] >> 6);

    private static int ThirdScale(ReadOnlySpan<byte> packed, int group)
    {
        int lower = group < 8 ? packed[group] & 15 : packed[group - 8] >> 4;
        int upper = (packed[8 + group % 4] >> (group / 4 * 2)) & 3;
        return lower + 16 * upper;
    }

    private static int Sixth(ReadOnlySpan<byte> block, int i)
    {
        int pair = block[i / 128 * 64 + i % 64];
        int lower = i % 128 < 64 ? pair & 15 : pair >> 4;
        int upper = (block[128 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) & 3;
        return lower + 16 * upper;
    }
}
