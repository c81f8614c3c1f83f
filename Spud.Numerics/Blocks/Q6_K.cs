using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 210 bytes: 128 bytes of lower four bits, 64 of upper two, 16 signed scales (of 16 elements each), f16 d.
/// Of each 128 elements, the lower bits of 0 to 63 are the lower halves of 64 bytes and those of 64 to 127 the upper halves; the
/// upper bits of element 32 k + i are bits 2 k and 2 k + 1 of byte i of 32. value = d * scale * (code - 32).
/// </summary>
public readonly partial struct Q6_K : IEncodedFormat
{
    public static int Type => 14;

    public static int Elements => 256;

    public static int Bytes => 210;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block + 208);
        for (int half = 0; half < 2; half++)
        {
            byte* low = block + half * 64;
            byte* high = block + 128 + half * 32;
            var scales = (sbyte*)block + 192 + half * 8;
            for (int part = 0; part < 2; part++)
            {
                Vector128<byte> near = Vector128.Load(low + part * 16);
                Vector128<byte> far = Vector128.Load(low + part * 16 + 32);
                Vector128<byte> upper = Vector128.Load(high + part * 16);
                float* to = values + half * 128 + part * 16;
                Sixteen.Scale(Join(Codes.Low(near), Codes.Two(upper, 0)), d * scales[part], to);
                Sixteen.Scale(Join(Codes.Low(far), Codes.Two(upper, 2)), d * scales[part + 2], to + 32);
                Sixteen.Scale(Join(Codes.High(near), Codes.Two(upper, 4)), d * scales[part + 4], to + 64);
                Sixteen.Scale(Join(Codes.High(far), Codes.Two(upper, 6)), d * scales[part + 6], to + 96);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Join(Vector128<byte> four, Vector128<byte> two) =>
        (four | (two << 4)).AsSByte() - Vector128.Create((sbyte)32);
}
