namespace Spud.Numerics.Tests.Blocks;

/// <summary>
/// Element i of a block, in double, straight from the description of its format: no state runs from element to element, nothing
/// is shared with the code under test but the codebooks, which have a test of their own. All values fit a double exactly until
/// the one rounding to float.
/// </summary>
internal static partial class Oracle
{
    private static readonly double[] _nonLinear = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
    private static readonly double[] _e2m1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6];

    public static float Value(string format, ReadOnlySpan<byte> block, int i) => (float)(format switch
    {
        "F32" => BitConverter.ToSingle(block),
        "F64" => BitConverter.ToDouble(block),
        "I8" => (sbyte)block[0],
        "I16" => BitConverter.ToInt16(block),
        "I32" => BitConverter.ToInt32(block),
        "I64" => (double)(float)BitConverter.ToInt64(block),
        "F16" => Half(block, 0),
        "BF16" => BFloat(BitConverter.ToUInt16(block)),
        "Q4_0" => Half(block, 0) * (Nibble(block[2..], i) - 8),
        "Q4_1" => Half(block, 0) * Nibble(block[4..], i) + Half(block, 2),
        "Q5_0" => Half(block, 0) * (Nibble(block[6..], i) + 16 * Bit(block[2..], i) - 16),
        "Q5_1" => Half(block, 0) * (Nibble(block[8..], i) + 16 * Bit(block[4..], i)) + Half(block, 2),
        "Q8_0" => Half(block, 0) * (sbyte)block[2 + i],
        "IQ4_NL" => Half(block, 0) * _nonLinear[Nibble(block[2..], i)],
        "MXFP4" => Math.ScaleB(1, block[0] - 127) * SmallFloat(Nibble(block[1..], i)),
        "NVFP4" => UnsignedE4M3(block[i / 16]) * SmallFloat(Nibble(block.Slice(4 + i / 16 * 8, 8), i % 16)),
        "TQ1_0" => Half(block, 52) * (Digit(block, i) - 1),
        "TQ2_0" => Half(block, 64) * (TwoBits(block, i) - 1),
        _ when format.EndsWith("_K", StringComparison.Ordinal) => SuperBlock(format, block, i),
        _ => FromCodebook(format, block, i),
    });

    /// <summary>IEEE 754 binary16, from its definition.</summary>
    public static double Half(int bits)
    {
        int exponent = (bits >> 10) & 31;
        int mantissa = bits & 0x3ff;
        double magnitude = exponent switch
        {
            31 => mantissa == 0 ? double.PositiveInfinity : double.NaN,
            0 => mantissa * Math.ScaleB(1, -24),
            _ => (1024 + mantissa) * Math.ScaleB(1, exponent - 25),
        };
        return (bits & 0x8000) != 0 ? -magnitude : magnitude;
    }

    /// <summary>bfloat16, from its definition.</summary>
    public static double BFloat(int bits)
    {
        int exponent = (bits >> 7) & 255;
        int mantissa = bits & 0x7f;
        double magnitude = exponent switch
        {
            255 => mantissa == 0 ? double.PositiveInfinity : double.NaN,
            0 => mantissa * Math.ScaleB(1, -133),
            _ => (128 + mantissa) * Math.ScaleB(1, exponent - 134),
        };
        return (bits & 0x8000) != 0 ? -magnitude : magnitude;
    }

    private static double Half(ReadOnlySpan<byte> block, int offset) => Half(BitConverter.ToUInt16(block[offset..]));

    // The first half of the elements is in the lower halves of the bytes, the second in the upper ones.
    private static int Nibble(ReadOnlySpan<byte> bytes, int i)
    {
        int count = i < 16 && bytes.Length == 8 ? 8 : 16;
        return i < count ? bytes[i] & 15 : bytes[i - count] >> 4;
    }

    private static int Bit(ReadOnlySpan<byte> bits, int i) => (bits[i / 8] >> (i % 8)) & 1;

    private static int TwoBits(ReadOnlySpan<byte> bytes, int i) => (bytes[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) & 3;

    private static double SmallFloat(int code)
    {
        double magnitude = _e2m1[code & 7];
        return code > 8 ? -magnitude : magnitude;
    }

    private static double UnsignedE4M3(int bits)
    {
        int exponent = (bits >> 3) & 15;
        int mantissa = bits & 7;
        return bits == 0x7f ? 0 : exponent == 0 ? mantissa / 512.0 : (8 + mantissa) * Math.ScaleB(1, exponent - 10);
    }

    // The n-th ternary digit of a byte that is a fraction of 256, each step exact in bytes.
    private static int Digit(ReadOnlySpan<byte> block, int i)
    {
        (int index, int digit) =
            i < 160 ? (i % 32, i / 32) :
            i < 240 ? (32 + (i - 160) % 16, (i - 160) / 16) : (48 + (i - 240) % 4, (i - 240) / 4);
        int fraction = block[index];
        for (int n = 0; n < digit; n++)
        {
            fraction = fraction * 3 % 256;
        }

        return fraction * 3 / 256;
    }
}
