using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>16 lanes of four bytes in a Vector512, VPMADDUBSW and VPMADDWD.</summary>
internal unsafe struct Bytes16 : IByteLanes<Bytes16, Lanes16>
{
    public Vector512<byte> Value;

    public static bool HasByteDot => false;

    public static Bytes16 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 Load(byte* source) => new() { Value = Vector512.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 Broadcast(int bits) => new() { Value = Vector512.Create(bits).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 Table(ReadOnlySpan<sbyte> table)
    {
        Vector128<byte> quarter = Vector128.Create(table).AsByte();
        Vector256<byte> half = Vector256.Create(quarter, quarter);
        return new() { Value = Vector512.Create(half, half) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 operator &(Bytes16 left, Bytes16 right) => new() { Value = left.Value & right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 operator |(Bytes16 left, Bytes16 right) => new() { Value = left.Value | right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 operator ^(Bytes16 left, Bytes16 right) => new() { Value = left.Value ^ right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 ShiftLeft(Bytes16 value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() << count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 ShiftRight(Bytes16 value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() >> count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 LookUp(Bytes16 table, Bytes16 indices) => new() { Value = Avx512BW.Shuffle(table.Value, indices.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 MultiplyAddBytes(Bytes16 sum, Bytes16 unsignedBytes, Bytes16 signedBytes) =>
        new() { Value = (sum.Value.AsInt16() + Avx512BW.MultiplyAddAdjacent(unsignedBytes.Value, signedBytes.Value.AsSByte())).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 MultiplyBytes(Bytes16 unsignedBytes, Bytes16 signedBytes) =>
        new() { Value = Avx512BW.MultiplyAddAdjacent(unsignedBytes.Value, signedBytes.Value.AsSByte()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 Widen(Bytes16 sum) => new() { Value = Avx512BW.MultiplyAddAdjacent(sum.Value.AsInt16(), Vector512.Create((short)1)).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bytes16 EvenBytes(Bytes16 value) => new() { Value = ((value.Value.AsInt16() << 8) >> 8).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bytes16 OddBytes(Bytes16 value) => new() { Value = (value.Value.AsInt16() >> 8).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bytes16 MultiplyAddPairs(Bytes16 sum, Bytes16 left, Bytes16 right) =>
        new() { Value = (sum.Value.AsInt32() + Avx512BW.MultiplyAddAdjacent(left.Value.AsInt16(), right.Value.AsInt16())).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddSigned(ref Bytes16 n0, ref Bytes16 n1, Bytes16 a0, Bytes16 a1, sbyte* quants, short* pairs)
    {
        Bytes16 x = Broadcast(*(int*)pairs);
        n0 = MultiplyAddPairs(n0, EvenBytes(a0), x);
        n1 = MultiplyAddPairs(n1, EvenBytes(a1), x);
        x = Broadcast(*(int*)(pairs + 2));
        n0 = MultiplyAddPairs(n0, OddBytes(a0), x);
        n1 = MultiplyAddPairs(n1, OddBytes(a1), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes16 Add(Bytes16 left, Bytes16 right) => new() { Value = (left.Value.AsInt32() + right.Value.AsInt32()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ToSingle(Bytes16 value) => new() { Value = Vector512.ConvertToSingle(value.Value.AsInt32()) };
}
