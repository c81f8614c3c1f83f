using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 98 bytes: f16 d; 64 bytes with indices of points of four (<see cref="Iq3XxsGrid"/>); for each 32 elements 32
/// bits: four times seven signs (the eighth makes their number even), then a scale of 4 bits.
/// value = d * (scale + 1/2) / 2 * coordinate, negated by its sign.
/// </summary>
public readonly struct IQ3_XXS : IBlockFormat
{
    public static int Type => 18;

    public static int Elements => 256;

    public static int Bytes => 98;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        uint[] points = Iq3XxsGrid.Points;
        float d = Codes.Scale(block);
        for (int group = 0; group < 16; group++)
        {
            byte* index = block + 2 + group * 4;
            uint rest = *(uint*)(block + 66 + group / 2 * 4);
            float scale = d * (0.5f + (rest >> 28)) * 0.5f;
            rest >>= group % 2 * 14;
            uint signs = Codes.EvenSigns(rest & 127) | Codes.EvenSigns((rest >> 7) & 127) << 8;
            Vector128<sbyte> codes =
                Vector128.Create(points[index[0]], points[index[1]], points[index[2]], points[index[3]]).AsSByte();
            Sixteen.Scale(Codes.Negate(codes, signs), scale, values + group * 16);
        }
    }
}
