using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 84 bytes: for each 16 elements a byte with scale (lower half) and minimum (upper half); 64 bytes of 2-bit
/// codes; f16 d, f16 dmin. Each 32 bytes hold 128 elements: bits 0-1 the first 32 of them, bits 2-3 the next, and so on.
/// value = d * scale * code - dmin * minimum.
/// </summary>
public readonly struct Q2_K : IBlockFormat
{
    public static int Type => 10;

    public static int Elements => 256;

    public static int Bytes => 84;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block + 80);
        float dmin = Codes.Scale(block + 82);
        for (int group = 0; group < 16; group++)
        {
            byte* codes = block + 16 + (group / 8 * 32) + (group % 2 * 16);
            Vector128<byte> two = Codes.Two(Vector128.Load(codes), group / 2 % 4 * 2);
            int scales = block[group];
            Sixteen.Scale(two.AsSByte(), d * (scales & 15), -(dmin * (scales >> 4)), values + group * 16);
        }
    }
}
