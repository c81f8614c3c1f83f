using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>8 lanes of four bytes in a Vector256, VPDPBUSD.</summary>
internal unsafe struct Bytes8Vnni : IByteLanes<Bytes8Vnni, Lanes8>
{
    public Vector256<byte> Value;

    public static bool HasByteDot => true;

    public static Bytes8Vnni Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni Load(byte* source) => new() { Value = Vector256.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni Broadcast(int bits) => new() { Value = Vector256.Create(bits).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni Table(ReadOnlySpan<sbyte> table)
    {
        Vector128<byte> half = Vector128.Create(table).AsByte();
        return new() { Value = Vector256.Create(half, half) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni operator &(Bytes8Vnni left, Bytes8Vnni right) => new() { Value = left.Value & right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni operator |(Bytes8Vnni left, Bytes8Vnni right) => new() { Value = left.Value | right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni operator ^(Bytes8Vnni left, Bytes8Vnni right) => new() { Value = left.Value ^ right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni ShiftLeft(Bytes8Vnni value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() << count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni ShiftRight(Bytes8Vnni value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() >> count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni LookUp(Bytes8Vnni table, Bytes8Vnni indices) => new() { Value = Avx2.Shuffle(table.Value, indices.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni MultiplyAddBytes(Bytes8Vnni sum, Bytes8Vnni unsignedBytes, Bytes8Vnni signedBytes) =>
        new() { Value = AvxVnni.MultiplyWideningAndAdd(sum.Value.AsInt32(), unsignedBytes.Value, signedBytes.Value.AsSByte()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni MultiplyBytes(Bytes8Vnni unsignedBytes, Bytes8Vnni signedBytes) =>
        MultiplyAddBytes(Zero, unsignedBytes, signedBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni Widen(Bytes8Vnni sum) => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddSigned(ref Bytes8Vnni n0, ref Bytes8Vnni n1, Bytes8Vnni a0, Bytes8Vnni a1, sbyte* quants, short* pairs)
    {
        Bytes8Vnni x = Broadcast(*(int*)quants), sign = Broadcast(unchecked((int)0x80808080));
        n0 = MultiplyAddBytes(n0, a0 ^ sign, x);
        n1 = MultiplyAddBytes(n1, a1 ^ sign, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8Vnni Add(Bytes8Vnni left, Bytes8Vnni right) => new() { Value = (left.Value.AsInt32() + right.Value.AsInt32()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ToSingle(Bytes8Vnni value) => new() { Value = Vector256.ConvertToSingle(value.Value.AsInt32()) };
}
