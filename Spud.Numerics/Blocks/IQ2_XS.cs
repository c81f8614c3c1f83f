using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 74 bytes: f16 d; 32 16-bit numbers, each with the index of a point of eight in 9 bits (<see cref="Iq2XsGrid"/>) and
/// seven signs (the eighth makes their number even); 16 scales of 4 bits, each for 16 elements.
/// value = d * (scale + 1/2) / 4 * coordinate, negated by its sign.
/// </summary>
public readonly struct IQ2_XS : IBlockFormat
{
    public static int Type => 17;

    public static int Elements => 256;

    public static int Bytes => 74;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        ulong[] points = Iq2XsGrid.Points;
        float d = Codes.Scale(block);
        for (int group = 0; group < 16; group++)
        {
            uint pair = *(uint*)(block + 2 + group * 4);
            Vector128<sbyte> codes = Vector128.Create(points[pair & 511], points[(pair >> 16) & 511]).AsSByte();
            uint signs = Codes.EvenSigns((pair >> 9) & 127) | Codes.EvenSigns(pair >> 25) << 8;
            float scale = d * (0.5f + ((block[66 + group / 2] >> (group % 2 * 4)) & 15)) * 0.25f;
            Sixteen.Scale(Codes.Negate(codes, signs), scale, values + group * 16);
        }
    }
}
