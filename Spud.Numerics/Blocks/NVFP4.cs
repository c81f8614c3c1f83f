using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 64 elements in 36 bytes: four scales of 8 bits (unsigned E4M3), each for 16 elements; for each 16, 8 bytes of 4-bit floats
/// (E2M1), the lower halves first. The scale 0x7f, a NaN in E4M3, is read as 0, and the highest bit of a scale is ignored, as in
/// GGML.
/// </summary>
public readonly struct NVFP4 : IBlockFormat
{
    public static int Type => 40;

    public static int Elements => 64;

    public static int Bytes => 36;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        for (int group = 0; group < 4; group++)
        {
            ulong packed = *(ulong*)(block + 4 + group * 8);
            Vector128<byte> codes = Codes.Low(Vector128.Create(packed, packed >> 4).AsByte());
            Sixteen.Scale(Codes.LookUp(MXFP4.Table, codes), HalfScale(block[group]), values + group * 16);
        }
    }

    // Half of the value, since the table is doubled. Exponent and mantissa move into place below a float's exponent; multiplying by
    // a power of two corrects the bias and normalises subnormals.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float HalfScale(uint scale) =>
        scale == 0x7f ? 0 : BitConverter.UInt32BitsToSingle((scale & 0x7f) << 20) * BitConverter.UInt32BitsToSingle((127 + 119) << 23);
}
