using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 136 bytes: f16 d; the upper two bits of eight scales in 16 bits, their lower four in 4 bytes; 128 bytes of
/// codes, each 16 as in <see cref="IQ4_NL"/>. value = d * (scale - 32) * table[code].
/// </summary>
public readonly struct IQ4_XS : IBlockFormat
{
    public static int Type => 23;

    public static int Elements => 256;

    public static int Bytes => 136;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block);
        uint upper = *(ushort*)(block + 2);
        uint lower = *(uint*)(block + 4);
        for (int group = 0; group < 8; group++)
        {
            int scale = (int)(((lower >> (4 * group)) & 15) | (((upper >> (2 * group)) & 3) << 4));
            IQ4_NL.Expand(block + 8 + group * 16, d * (scale - 32), values + group * 32);
        }
    }
}
