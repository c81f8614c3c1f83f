using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>IEEE 754 binary16: sign, 5 bits of exponent, 10 of mantissa. All numbers, infinities and subnormals convert exactly.</summary>
public readonly struct F16 : INumberFormat
{
    private const uint Sign = 0x8000;
    private const int Mantissa = 13; // additional bits of f32
    private const uint Rebias = (127 - 15) << 23;
    private const uint One = 1 << 23; // unit of the exponent

    public static int Type => 1;

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

    // Exponent and mantissa move into place, and the exponent is raised so that infinity and NaN have that of f32; multiplying by
    // a power of two scales numbers back and leaves those. A subnormal gets a leading one that is subtracted again, which
    // normalises it without ever giving the CPU a subnormal f32 (slow on some).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TWords Widen<TWords>(TWords numbers) where TWords : struct, IWords<TWords>
    {
        const uint infinite = 224 << 23; // raises f16's largest exponent to that of f32
        TWords magnitude = (numbers & TWords.All(0x7fff)) << Mantissa;
        TWords normal = magnitude + TWords.All(infinite);
        TWords implicitOne = TWords.All(infinite + One);
        TWords subnormal = TWords.SubtractFloats(magnitude + implicitOne, implicitOne);
        TWords isSubnormal = TWords.Less(magnitude, TWords.All(One));
        TWords scaled = TWords.Select(isSubnormal, subnormal, normal);
        return TWords.MultiplyFloats(scaled, TWords.All(15 << 23)) | ((numbers & TWords.All(Sign)) << 16); // 2^-112
    }

    // A number that stays normal is rounded by adding just under half a unit, plus one if the last kept bit is odd;
    // a carry into the exponent is correct, up to infinity. A number that becomes subnormal is added to 0.5, whose last bit weighs
    // 2^-24 like that of subnormals, so that the addition rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TWords Narrow<TWords>(TWords bits) where TWords : struct, IWords<TWords>
    {
        const uint half = 126 << 23;
        TWords magnitude = bits & TWords.All(0x7fffffff);
        TWords odd = (magnitude >>> Mantissa) & TWords.All(1);
        TWords normal = (magnitude - TWords.All(Rebias) + TWords.All((1 << (Mantissa - 1)) - 1) + odd) >>> Mantissa;
        TWords subnormal = TWords.AddFloats(magnitude, TWords.All(half)) - TWords.All(half);
        TWords number = TWords.Select(TWords.Less(magnitude, TWords.All(Rebias + One)), subnormal, normal);

        TWords payload = (magnitude >>> Mantissa) & TWords.All(0x3ff);
        TWords isNaN = TWords.Less(TWords.All(0x7f800000), magnitude);
        TWords special = TWords.All(0x7c00) | (isNaN & (payload | TWords.All(0x200)));
        TWords isNumber = TWords.Less(magnitude, TWords.All(143 << 23)); // below 2^16
        return TWords.Select(isNumber, number, special) | ((bits >>> 16) & TWords.All(Sign));
    }
}
