using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 32 elements in 24 bytes: f16 scale d, f16 minimum m; fifth bits and codes as in <see cref="Q5_0"/>. value = d * code + m.
/// </summary>
public readonly struct Q5_1 : IBlockFormat
{
    public static int Type => 7;

    public static int Elements => 32;

    public static int Bytes => 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float scale = Codes.Scale(block);
        float minimum = Codes.Scale(block + 2);
        uint fifth = *(uint*)(block + 4);
        Vector128<byte> packed = Vector128.Load(block + 8);
        Vector128<byte> low = Codes.Low(packed) | Codes.WhereSet(fifth, 16);
        Vector128<byte> high = Codes.High(packed) | Codes.WhereSet(fifth >> 16, 16);
        Sixteen.Scale(low.AsSByte(), scale, minimum, values);
        Sixteen.Scale(high.AsSByte(), scale, minimum, values + 16);
    }
}
