using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 32 elements in 22 bytes: f16 scale d; the fifth bits of all codes, as one 32-bit number; 16 bytes with the lower four
/// bits as in <see cref="Q4_0"/>. value = d * (code - 16).
/// </summary>
public readonly struct Q5_0 : IBlockFormat
{
    public static int Type => 6;

    public static int Elements => 32;

    public static int Bytes => 22;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float scale = Codes.Scale(block);
        uint fifth = *(uint*)(block + 2);
        Vector128<byte> packed = Vector128.Load(block + 6);
        Vector128<sbyte> sixteen = Vector128.Create((sbyte)16);
        Vector128<byte> low = Codes.Low(packed) | Codes.WhereSet(fifth, 16);
        Vector128<byte> high = Codes.High(packed) | Codes.WhereSet(fifth >> 16, 16);
        Sixteen.Scale(low.AsSByte() - sixteen, scale, values);
        Sixteen.Scale(high.AsSByte() - sixteen, scale, values + 16);
    }
}
