using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 110 bytes: f16 d; 64 bytes with the lower eight bits of the indices of points of four
/// (<see cref="Iq3SGrid"/>); 8 bytes with their ninth bits; 32 bytes of signs; 8 scales of 4 bits, each for 32 elements.
/// value = d * (2 * scale + 1) * coordinate, negated by its sign.
/// </summary>
public readonly struct IQ3_S : IBlockFormat
{
    public static int Type => 21;

    public static int Elements => 256;

    public static int Bytes => 110;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        uint[] points = Iq3SGrid.Points;
        float d = Codes.Scale(block);
        for (int group = 0; group < 16; group++)
        {
            byte* lower = block + 2 + group * 4;
            int ninth = block[66 + group / 2] >> (group % 2 * 4);
            Vector128<sbyte> codes = Vector128.Create(
                points[lower[0] | ((ninth << 8) & 256)],
                points[lower[1] | ((ninth << 7) & 256)],
                points[lower[2] | ((ninth << 6) & 256)],
                points[lower[3] | ((ninth << 5) & 256)]).AsSByte();
            uint signs = *(ushort*)(block + 74 + group * 2);
            int scale = (block[106 + group / 4] >> (group / 2 % 2 * 4)) & 15;
            Sixteen.Scale(Codes.Negate(codes, signs), d * (2 * scale + 1), values + group * 16);
        }
    }
}
