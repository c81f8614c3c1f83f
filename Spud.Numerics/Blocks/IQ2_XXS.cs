using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 66 bytes: f16 d; for each 32 elements four bytes with indices of points of eight (<see cref="Iq2XxsGrid"/>), and
/// 32 bits: four times seven signs (the eighth makes their number even), then a scale of 4 bits.
/// value = d * (scale + 1/2) / 4 * coordinate, negated by its sign.
/// </summary>
public readonly struct IQ2_XXS : IBlockFormat
{
    public static int Type => 16;

    public static int Elements => 256;

    public static int Bytes => 66;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        ulong[] points = Iq2XxsGrid.Points;
        float d = Codes.Scale(block);
        for (int group = 0; group < 8; group++)
        {
            byte* index = block + 2 + group * 8;
            uint rest = *(uint*)(index + 4);
            float scale = d * (0.5f + (rest >> 28)) * 0.25f;
            for (int half = 0; half < 2; half++)
            {
                Vector128<sbyte> codes = Vector128.Create(points[index[2 * half]], points[index[2 * half + 1]]).AsSByte();
                uint signs = Codes.EvenSigns((rest >> (14 * half)) & 127) | Codes.EvenSigns((rest >> (14 * half + 7)) & 127) << 8;
                Sixteen.Scale(Codes.Negate(codes, signs), scale, values + group * 32 + half * 16);
            }
        }
    }
}
