using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 50 bytes: f16 d; 32 bytes with the lower eight bits of the indices of points of eight
/// (<see cref="Iq1Grid"/>); for each 32 elements 16 bits: four times the upper three bits of an index, a scale of 3 bits, and
/// the sign of a shift of 1/8. value = d * (2 * scale + 1) * (coordinate + shift).
/// </summary>
public readonly struct IQ1_S : IBlockFormat
{
    public static int Type => 19;

    public static int Elements => 256;

    public static int Bytes => 50;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        ulong[] points = Iq1Grid.Points;
        float eighth = Codes.Scale(block) * 0.125f;
        for (int group = 0; group < 16; group++)
        {
            byte* lower = block + 2 + group * 2;
            int rest = *(ushort*)(block + 34 + group / 2 * 2);
            int upper = rest >> (group % 2 * 6);
            Vector128<sbyte> codes = Eighths(
                points[lower[0] | ((upper & 7) << 8)], (rest & 0x8000) != 0,
                points[lower[1] | ((upper & 0x38) << 5)], (rest & 0x8000) != 0);
            Sixteen.Scale(codes, eighth * (2 * ((rest >> 12) & 7) + 1), values + group * 16);
        }
    }

    /// <summary>Two points and their shifts in units of an eighth: 8 * coordinate + 1, or - 1 if the shift is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Eighths(ulong first, bool firstNegative, ulong second, bool secondNegative)
    {
        const ulong plus = 0x0101010101010101;
        const ulong minus = ulong.MaxValue;
        Vector128<sbyte> shift = Vector128.Create(firstNegative ? minus : plus, secondNegative ? minus : plus).AsSByte();
        return (Vector128.Create(first, second).AsSByte() << 3) + shift;
    }
}
