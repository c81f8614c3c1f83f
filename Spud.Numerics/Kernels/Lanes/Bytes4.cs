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
    private static Bytes4 EvenBytes(Bytes4 value) => new() { Value = ((value.Value.AsInt16() << 8) >> 8).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bytes4 OddBytes(Bytes4 value) => new() { Value = (value.Value.AsInt16() >> 8).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bytes4 MultiplyAddPairs(Bytes4 sum, Bytes4 left, Bytes4 right)
    {
        Vector128<int> a = left.Value.AsInt32(), b = right.Value.AsInt32();
        Vector128<int> products = Sse2.IsSupported
            ? Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
            : ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
        return new() { Value = (sum.Value.AsInt32() + products).AsByte() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddSigned(ref Bytes4 n0, ref Bytes4 n1, Bytes4 a0, Bytes4 a1, sbyte* quants, short* pairs)
    {
        if (!Ssse3.IsSupported)
        {
            MultiplyAddAsPairs(ref n0, ref n1, a0, a1, pairs);
            return;
        }

        Vector128<sbyte> x = Broadcast(*(int*)quants).Value.AsSByte(), c0 = a0.Value.AsSByte(), c1 = a1.Value.AsSByte();
        n0 = Add(n0, Widen(new() { Value = Ssse3.MultiplyAddAdjacent(Ssse3.Abs(c0), Ssse3.Sign(x, c0)).AsByte() }));
        n1 = Add(n1, Widen(new() { Value = Ssse3.MultiplyAddAdjacent(Ssse3.Abs(c1), Ssse3.Sign(x, c1)).AsByte() }));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bytes4 Add(Bytes4 left, Bytes4 right) => new() { Value = (left.Value.AsInt32() + right.Value.AsInt32()).AsByte() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ToSingle(Bytes4 value) => new() { Value = Vector128.ConvertToSingle(value.Value.AsInt32()) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAddAsPairs(ref Bytes4 n0, ref Bytes4 n1, Bytes4 a0, Bytes4 a1, short* pairs)
    {
        Bytes4 x = Broadcast(*(int*)pairs);
        n0 = MultiplyAddPairs(n0, EvenBytes(a0), x);
        n1 = MultiplyAddPairs(n1, EvenBytes(a1), x);
        x = Broadcast(*(int*)(pairs + 2));
        n0 = MultiplyAddPairs(n0, OddBytes(a0), x);
        n1 = MultiplyAddPairs(n1, OddBytes(a1), x);
    }
}
