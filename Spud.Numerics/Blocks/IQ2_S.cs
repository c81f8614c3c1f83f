using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 82 bytes: f16 d; 32 bytes with the lower eight bits of the indices of points of eight
/// (<see cref="Iq2SGrid"/>); 32 bytes of signs; 8 bytes with the upper two bits of four indices each; 16 scales of 4 bits, each
/// for 16 elements. value = d * (scale + 1/2) / 4 * coordinate, negated by its sign.
/// </summary>
public readonly struct IQ2_S : IBlockFormat
{
    public static int Type => 22;

    public static int Elements => 256;

    public static int Bytes => 82;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        ulong[] points = Iq2SGrid.Points;
        float d = Codes.Scale(block);
        for (int group = 0; group < 16; group++)
        {
            byte* lower = block + 2 + group * 2;
            int upper = block[66 + group / 2] >> (group % 2 * 4);
            int first = lower[0] | ((upper & 3) << 8);
            int second = lower[1] | ((upper & 12) << 6);
            Vector128<sbyte> codes = Vector128.Create(points[first], points[second]).AsSByte();
            float scale = d * (0.5f + ((block[74 + group / 2] >> (group % 2 * 4)) & 15)) * 0.25f;
            Sixteen.Scale(Codes.Negate(codes, *(ushort*)(lower + 32)), scale, values + group * 16);
        }
    }
}
