using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>One lane of four bytes in scalar arithmetic. As a table it holds the table's address in static data.</summary>
internal unsafe struct Bytes1 : IByteLanes<Bytes1, Lanes1>
{
    public int Value;

    private sbyte* _table;

    public static bool HasByteDot => true;

    public static Bytes1 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 Load(byte* source) => new() { Value = *(int*)source };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 Broadcast(int bits) => new() { Value = bits };

    public static Bytes1 Table(ReadOnlySpan<sbyte> table) =>
        new() { _table = (sbyte*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(table)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 operator &(Bytes1 left, Bytes1 right) => new() { Value = left.Value & right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 operator |(Bytes1 left, Bytes1 right) => new() { Value = left.Value | right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 operator ^(Bytes1 left, Bytes1 right) => new() { Value = left.Value ^ right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 ShiftLeft(Bytes1 value, [ConstantExpected] int count) => new() { Value = value.Value << count };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 ShiftRight(Bytes1 value, [ConstantExpected] int count) => new() { Value = value.Value >>> count };

    public static Bytes1 LookUp(Bytes1 table, Bytes1 indices)
    {
        int bits = 0;
        for (int shift = 0; shift < 32; shift += 8)
        {
            bits |= (byte)table._table[indices.Value >> shift & 15] << shift;
        }

        return new() { Value = bits };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 MultiplyAddBytes(Bytes1 sum, Bytes1 unsignedBytes, Bytes1 signedBytes)
    {
        int a = unsignedBytes.Value, b = signedBytes.Value;
        return new() { Value = sum.Value + (byte)a * (sbyte)b + (byte)(a >> 8) * (sbyte)(b >> 8)
            + (byte)(a >> 16) * (sbyte)(b >> 16) + (byte)(a >> 24) * (sbyte)(b >> 24) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 MultiplyBytes(Bytes1 unsignedBytes, Bytes1 signedBytes) =>
        MultiplyAddBytes(Zero, unsignedBytes, signedBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 Widen(Bytes1 sum) => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddSigned(ref Bytes1 n0, ref Bytes1 n1, Bytes1 a0, Bytes1 a1, sbyte* quants, short* pairs)
    {
        Bytes1 x = Broadcast(*(int*)quants), sign = Broadcast(unchecked((int)0x80808080));
        n0 = MultiplyAddBytes(n0, a0 ^ sign, x);
        n1 = MultiplyAddBytes(n1, a1 ^ sign, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes1 Add(Bytes1 left, Bytes1 right) => new() { Value = left.Value + right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ToSingle(Bytes1 value) => Lanes1.Create(value.Value);
}
