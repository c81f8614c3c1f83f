using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 56 bytes: 32 bytes with the lower eight bits of the indices of points of eight (<see cref="Iq1Grid"/>);
/// 16 bytes, each half of which has the upper three bits of an index and the sign of a shift of 1/8; four 16-bit numbers with
/// four scales of 3 bits each (for 16 elements each) and, in their upper four bits, a quarter of the f16 d, lowest first.
/// value = d * (2 * scale + 1) * (coordinate + shift).
/// </summary>
public readonly struct IQ1_M : IBlockFormat
{
    public static int Type => 29;

    public static int Elements => 256;

    public static int Bytes => 56;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        ulong[] points = Iq1Grid.Points;
        ulong scales = *(ulong*)(block + 48);
        ulong d = ((scales >> 12) & 0xf) | ((scales >> 24) & 0xf0) | ((scales >> 36) & 0xf00) | ((scales >> 48) & 0xf000);
        float eighth = F16.ToSingle((ushort)d) * 0.125f;
        for (int group = 0; group < 16; group++)
        {
            byte* lower = block + group * 2;
            int upper = block[32 + group];
            Vector128<sbyte> codes = IQ1_S.Eighths(
                points[lower[0] | ((upper & 7) << 8)], (upper & 0x08) != 0,
                points[lower[1] | ((upper & 0x70) << 4)], (upper & 0x80) != 0);
            int scale = (int)(scales >> (group / 4 * 16 + group % 4 * 3)) & 7;
            Sixteen.Scale(codes, eighth * (2 * scale + 1), values + group * 16);
        }
    }
}
