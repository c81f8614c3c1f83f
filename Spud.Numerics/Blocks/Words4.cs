using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>Four words in a register of 128 bits.</summary>
internal readonly unsafe struct Words4(Vector128<uint> value) : IWords<Words4>
{
    private readonly Vector128<uint> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 All(uint value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 Load(uint* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 LoadNarrow(ushort* source) =>
        new(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsUInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(uint* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreNarrow(ushort* destination) =>
        *(ulong*)destination = Vector128.Narrow(_value, _value).AsUInt64().ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator &(Words4 left, Words4 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator |(Words4 left, Words4 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator +(Words4 left, Words4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator -(Words4 left, Words4 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator <<(Words4 value, int bits) => new(value._value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator >>>(Words4 value, int bits) => new(value._value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 Less(Words4 left, Words4 right) =>
        new(Vector128.LessThan(left._value.AsInt32(), right._value.AsInt32()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 Select(Words4 mask, Words4 yes, Words4 no) =>
        new(Vector128.ConditionalSelect(mask._value, yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 AddFloats(Words4 left, Words4 right) =>
        new((left._value.AsSingle() + right._value.AsSingle()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 SubtractFloats(Words4 left, Words4 right) =>
        new((left._value.AsSingle() - right._value.AsSingle()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 MultiplyFloats(Words4 left, Words4 right) =>
        new((left._value.AsSingle() * right._value.AsSingle()).AsUInt32());
}
