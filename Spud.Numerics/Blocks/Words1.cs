using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>One word: the scalar.</summary>
internal readonly unsafe struct Words1(uint value) : IWords<Words1>
{
    private readonly uint _value = value;

    public static int Count => 1;

    public uint Value => _value;

    public static Words1 All(uint value) => new(value);

    public static Words1 Load(uint* source) => new(*source);

    public static Words1 LoadNarrow(ushort* source) => new(*source);

    public void Store(uint* destination) => *destination = _value;

    public void StoreNarrow(ushort* destination) => *destination = (ushort)_value;

    public static Words1 operator &(Words1 left, Words1 right) => new(left._value & right._value);

    public static Words1 operator |(Words1 left, Words1 right) => new(left._value | right._value);

    public static Words1 operator +(Words1 left, Words1 right) => new(left._value + right._value);

    public static Words1 operator -(Words1 left, Words1 right) => new(left._value - right._value);

    public static Words1 operator <<(Words1 value, int bits) => new(value._value << bits);

    public static Words1 operator >>>(Words1 value, int bits) => new(value._value >>> bits);

    public static Words1 Less(Words1 left, Words1 right) => new(left._value < right._value ? uint.MaxValue : 0);

    public static Words1 Select(Words1 mask, Words1 yes, Words1 no) =>
        new((mask._value & yes._value) | (~mask._value & no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words1 AddFloats(Words1 left, Words1 right) =>
        new(BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(left._value) + BitConverter.UInt32BitsToSingle(right._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words1 SubtractFloats(Words1 left, Words1 right) =>
        new(BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(left._value) - BitConverter.UInt32BitsToSingle(right._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words1 MultiplyFloats(Words1 left, Words1 right) =>
        new(BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(left._value) * BitConverter.UInt32BitsToSingle(right._value)));
}
