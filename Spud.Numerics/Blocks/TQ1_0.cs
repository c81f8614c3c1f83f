using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 256 elements in 54 bytes: 48 bytes of five ternary digits each, 4 bytes of four, f16 d. A byte is a fraction of 256, read
/// digit by digit from the most significant: digit n is the whole part of 3 * frac(byte * 3^n / 256). The first 32 bytes hold
/// elements 0 to 159 (digit n of byte i is element 32 n + i), the next 16 the following 80, the last 4 the last 16.
/// value = d * (digit - 1).
/// </summary>
public readonly struct TQ1_0 : IBlockFormat
{
    public static int Type => 34;

    public static int Elements => 256;

    public static int Bytes => 54;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float d = Codes.Scale(block + 52);
        ushort power = 1;
        for (int digit = 0; digit < 5; digit++)
        {
            Vector128<ushort> powers = Vector128.Create(power);
            Sixteen.Scale(Digits(Vector128.Load(block), powers, powers), d, values + digit * 32);
            Sixteen.Scale(Digits(Vector128.Load(block + 16), powers, powers), d, values + digit * 32 + 16);
            Sixteen.Scale(Digits(Vector128.Load(block + 32), powers, powers), d, values + 160 + digit * 16);
            power *= 3;
        }

        Vector128<byte> last = Vector128.Create(*(uint*)(block + 48)).AsByte();
        Vector128<ushort> lower = Vector128.Create((ushort)1, 1, 1, 1, 3, 3, 3, 3);
        Sixteen.Scale(Digits(last, lower, lower * 9), d, values + 240);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Digits(Vector128<byte> bytes, Vector128<ushort> lowerPowers, Vector128<ushort> upperPowers)
    {
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(bytes);
        Vector128<byte> digits = Vector128.Narrow(Digit(lower * lowerPowers), Digit(upper * upperPowers));
        return digits.AsSByte() - Vector128.Create((sbyte)1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Digit(Vector128<ushort> shifted) => ((shifted & Vector128.Create((ushort)0xff)) * 3) >>> 8;
}
