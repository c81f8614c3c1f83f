using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>bfloat16: the upper half of a binary32.</summary>
public readonly struct BF16 : INumberFormat
{
    public static int Type => 30;

    public static int Elements => 1;

    public static int Bytes => 2;

    /// <summary>The value of 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle(Widen(new Words1(bits)).Value);

    /// <summary>The nearest number, ties to even; values that are too large become infinite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromSingle(float value) => (ushort)Narrow(new Words1(BitConverter.SingleToUInt32Bits(value))).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = ToSingle(*(ushort*)block);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TWords INumberFormat.Widen<TWords>(TWords numbers) => Widen(numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TWords INumberFormat.Narrow<TWords>(TWords bits) => Narrow(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TWords Widen<TWords>(TWords numbers) where TWords : struct, IWords<TWords> => numbers << 16;

    // A NaN must not be rounded: the carry could turn it into a zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TWords Narrow<TWords>(TWords bits) where TWords : struct, IWords<TWords>
    {
        TWords odd = (bits >>> 16) & TWords.All(1);
        TWords number = (bits + TWords.All(0x7fff) + odd) >>> 16;
        TWords quiet = (bits >>> 16) | TWords.All(0x40);
        TWords isNaN = TWords.Less(TWords.All(0x7f800000), bits & TWords.All(0x7fffffff));
        return TWords.Select(isNaN, quiet, number);
    }
}
