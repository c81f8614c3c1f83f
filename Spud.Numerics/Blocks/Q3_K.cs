using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 110 bytes: 32 bytes of third bits (bit k of byte i belongs to element 32 k + i); 64 bytes of lower bits as in
/// <see cref="Q2_K"/>; 16 scales of 6 bits in 12 bytes; f16 d. value = d * (scale - 32) * (code - 4).
/// </summary>
public readonly struct Q3_K : IBlockFormat
{
    public static int Type => 11;

    public static int Elements => 256;

    public static int Bytes => 110;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block + 108);
        (ulong scales, ulong upperScales) = UnpackScales(block + 96);
        for (int group = 0; group < 16; group++)
        {
            int half = group % 2 * 16;
            Vector128<byte> two = Codes.Two(Vector128.Load(block + 32 + (group / 8 * 32) + half), group / 2 % 4 * 2);
            Vector128<byte> third = (Vector128.Load(block + half) >>> (group / 2)) & Vector128.Create((byte)1);
            Vector128<sbyte> codes = (two | (third << 2)).AsSByte() - Vector128.Create((sbyte)4);
            Sixteen.Scale(codes, d * ((int)(byte)scales - 32), values + group * 16);
            scales = group == 7 ? upperScales : scales >> 8;
        }
    }

    // Bytes 0 to 7 hold the lower four bits of scales 0 to 7 (lower halves) and 8 to 15 (upper halves); bytes 8 to 11 hold the
    // upper two bits, of scales i, i + 4, i + 8 and i + 12 in byte 8 + i.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe (ulong Lower, ulong Upper) UnpackScales(byte* packed)
    {
        const ulong fours = 0x0f0f0f0f0f0f0f0f;
        const ulong twos = 0x3030303030303030;
        ulong low = *(ulong*)packed;
        ulong high = *(uint*)(packed + 8);
        ulong spread = high | (high << 30); // two bits lower in the upper half
        return ((low & fours) | ((spread << 4) & twos), ((low >> 4) & fours) | (spread & twos));
    }
}
