using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>8 lanes of four bytes in a Vector256, VPMADDUBSW and VPMADDWD.</summary>
internal unsafe struct Bytes8 : IByteLanes<Bytes8, Lanes8>
{
    public Vector256<byte> Value;

    public static bool HasByteDot => false;

    public static Bytes8 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 Load(byte* source) => new() { Value = Vector256.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 Broadcast(int bits) => new() { Value = Vector256.Create(bits).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 Table(ReadOnlySpan<sbyte> table)
    {
        Vector128<byte> half = Vector128.Create(table).AsByte();
        return new() { Value = Vector256.Create(half, half) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 operator &(Bytes8 left, Bytes8 right) => new() { Value = left.Value & right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 operator |(Bytes8 left, Bytes8 right) => new() { Value = left.Value | right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 operator ^(Bytes8 left, Bytes8 right) => new() { Value = left.Value ^ right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 ShiftLeft(Bytes8 value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() << count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 ShiftRight(Bytes8 value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() >> count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 LookUp(Bytes8 table, Bytes8 indices) => new() { Value = Avx2.Shuffle(table.Value, indices.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 MultiplyAddBytes(Bytes8 sum, Bytes8 unsignedBytes, Bytes8 signedBytes) =>
        new() { Value = (sum.Value.AsInt16() + Avx2.MultiplyAddAdjacent(unsignedBytes.Value, signedBytes.Value.AsSByte())).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 MultiplyBytes(Bytes8 unsignedBytes, Bytes8 signedBytes) =>
        new() { Value = Avx2.MultiplyAddAdjacent(unsignedBytes.Value, signedBytes.Value.AsSByte()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 Widen(Bytes8 sum) => new() { Value = Avx2.MultiplyAddAdjacent(sum.Value.AsInt16(), Vector256.Create((short)1)).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddSigned(ref Bytes8 n0, ref Bytes8 n1, Bytes8 a0, Bytes8 a1, sbyte* quants, short* pairs)
    {
        Vector256<sbyte> x = Vector256.Create(*(int*)quants).AsSByte(), c0 = a0.Value.AsSByte(), c1 = a1.Value.AsSByte();
        n0 = Add(n0, Widen(new() { Value = Avx2.MultiplyAddAdjacent(Avx2.Abs(c0), Avx2.Sign(x, c0)).AsByte() }));
        n1 = Add(n1, Widen(new() { Value = Avx2.MultiplyAddAdjacent(Avx2.Abs(c1), Avx2.Sign(x, c1)).AsByte() }));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes8 Add(Bytes8 left, Bytes8 right) => new() { Value = (left.Value.AsInt32() + right.Value.AsInt32()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ToSingle(Bytes8 value) => new() { Value = Vector256.ConvertToSingle(value.Value.AsInt32()) };
}
