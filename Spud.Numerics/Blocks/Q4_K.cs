using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 144 bytes: f16 d, f16 dmin; scales and minima of 32 elements each (<see cref="KScales"/>); 128 bytes of
/// 4-bit codes. Each 32 bytes hold 64 elements: the lower halves the first 32, the upper halves the rest.
/// value = d * scale * code - dmin * minimum.
/// </summary>
public readonly partial struct Q4_K : IEncodedFormat
{
    public static int Type => 12;

    public static int Elements => 256;

    public static int Bytes => 144;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block);
        float dmin = Codes.Scale(block + 2);
        var scales = new KScales(block + 4);
        byte* codes = block + 16;
        for (int group = 0; group < 8; group += 2)
        {
            Vector128<byte> first = Vector128.Load(codes);
            Vector128<byte> second = Vector128.Load(codes + 16);
            float scale = d * scales.Scale(group);
            float offset = -(dmin * scales.Minimum(group));
            Sixteen.Scale(Codes.Low(first).AsSByte(), scale, offset, values);
            Sixteen.Scale(Codes.Low(second).AsSByte(), scale, offset, values + 16);

            scale = d * scales.Scale(group + 1);
            offset = -(dmin * scales.Minimum(group + 1));
            Sixteen.Scale(Codes.High(first).AsSByte(), scale, offset, values + 32);
            Sixteen.Scale(Codes.High(second).AsSByte(), scale, offset, values + 48);
            codes += 32;
            values += 64;
        }
    }
}
