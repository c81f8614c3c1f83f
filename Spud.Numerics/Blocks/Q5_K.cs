using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 176 bytes: f16 d, f16 dmin; scales and minima of 32 elements each (<see cref="KScales"/>); 32 bytes of fifth
/// bits (bit k of byte i belongs to element 32 k + i); 128 bytes of lower bits as in <see cref="Q4_K"/>.
/// value = d * scale * code - dmin * minimum.
/// </summary>
public readonly struct Q5_K : IBlockFormat
{
    public static int Type => 13;

    public static int Elements => 256;

    public static int Bytes => 176;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block);
        float dmin = Codes.Scale(block + 2);
        var scales = new KScales(block + 4);
        Vector128<byte> fifthFirst = Vector128.Load(block + 16);
        Vector128<byte> fifthSecond = Vector128.Load(block + 32);
        byte* codes = block + 48;
        for (int group = 0; group < 8; group += 2)
        {
            Vector128<byte> first = Vector128.Load(codes);
            Vector128<byte> second = Vector128.Load(codes + 16);
            float scale = d * scales.Scale(group);
            float offset = -(dmin * scales.Minimum(group));
            Sixteen.Scale(Join(Codes.Low(first), fifthFirst, group), scale, offset, values);
            Sixteen.Scale(Join(Codes.Low(second), fifthSecond, group), scale, offset, values + 16);

            scale = d * scales.Scale(group + 1);
            offset = -(dmin * scales.Minimum(group + 1));
            Sixteen.Scale(Join(Codes.High(first), fifthFirst, group + 1), scale, offset, values + 32);
            Sixteen.Scale(Join(Codes.High(second), fifthSecond, group + 1), scale, offset, values + 48);
            codes += 32;
            values += 64;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Join(Vector128<byte> four, Vector128<byte> fifth, int bit) =>
        (four | (((fifth >>> bit) & Vector128.Create((byte)1)) << 4)).AsSByte();
}
