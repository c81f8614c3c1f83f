using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 66 bytes: 64 bytes of 2-bit codes in the order of <see cref="Q2_K"/>, f16 d. value = d * (code - 1).
/// </summary>
public readonly struct TQ2_0 : IBlockFormat
{
    public static int Type => 35;

    public static int Elements => 256;

    public static int Bytes => 66;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block + 64);
        for (int group = 0; group < 16; group++)
        {
            byte* codes = block + (group / 8 * 32) + (group % 2 * 16);
            Vector128<sbyte> two = Codes.Two(Vector128.Load(codes), group / 2 % 4 * 2).AsSByte();
            Sixteen.Scale(two - Vector128.Create((sbyte)1), d, values + group * 16);
        }
    }
}
