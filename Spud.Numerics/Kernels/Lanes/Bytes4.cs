using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>4 lanes of four bytes in a Vector128.</summary>
internal unsafe struct Bytes4 : IByteLanes<Bytes4, Lanes4>
{
    public Vector128<byte> Value;

    public static bool HasByteDot => false;

    public static Bytes4 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 Load(byte* source) => new() { Value = Vector128.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 Broadcast(int bits) => new() { Value = Vector128.Create(bits).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 Table(ReadOnlySpan<sbyte> table)
    {
        return new() { Value = Vector128.Create(table).AsByte() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 operator &(Bytes4 left, Bytes4 right) => new() { Value = left.Value & right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 operator |(Bytes4 left, Bytes4 right) => new() { Value = left.Value | right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 operator ^(Bytes4 left, Bytes4 right) => new() { Value = left.Value ^ right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 ShiftLeft(Bytes4 value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() << count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 ShiftRight(Bytes4 value, [ConstantExpected] int count) => new() { Value = (value.Value.AsUInt16() >> count).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 LookUp(Bytes4 table, Bytes4 indices) => new() { Value = Vector128.ShuffleNative(table.Value, indices.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 MultiplyAddBytes(Bytes4 sum, Bytes4 unsignedBytes, Bytes4 signedBytes)
    {
        if (Ssse3.IsSupported)
        {
            Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(unsignedBytes.Value, signedBytes.Value.AsSByte());
            return new() { Value = (sum.Value.AsInt16() + pairs).AsByte() };
        }

        Vector128<short> even = (unsignedBytes.Value.AsInt16() & Vector128.Create((short)255)) * EvenBytes(signedBytes).Value.AsInt16();
        Vector128<short> odd = (unsignedBytes.Value.AsUInt16() >> 8).AsInt16() * OddBytes(signedBytes).Value.AsInt16();
        return new() { Value = (sum.Value.AsInt16() + even + odd).AsByte() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 MultiplyBytes(Bytes4 unsignedBytes, Bytes4 signedBytes) =>
        MultiplyAddBytes(Zero, unsignedBytes, signedBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 Widen(Bytes4 sum) => MultiplyAddPairs(Zero, sum, Broadcast(0x00010001));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 EvenBytes(Bytes4 value) => new() { Value = ((value.Value.AsInt16() << 8) >> 8).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 OddBytes(Bytes4 value) => new() { Value = (value.Value.AsInt16() >> 8).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 MultiplyAddPairs(Bytes4 sum, Bytes4 left, Bytes4 right)
    {
        Vector128<int> a = left.Value.AsInt32(), b = right.Value.AsInt32();
        Vector128<int> products = Sse2.IsSupported
            ? Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
            : ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
        return new() { Value = (sum.Value.AsInt32() + products).AsByte() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 Add(Bytes4 left, Bytes4 right) => new() { Value = (left.Value.AsInt32() + right.Value.AsInt32()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ToSingle(Bytes4 value) => new() { Value = Vector128.ConvertToSingle(value.Value.AsInt32()) };
}
