using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>One lane: plain scalar arithmetic, for tails and for CPUs without vectors.</summary>
internal unsafe struct Lanes1 : ILanes<Lanes1>
{
    public float Value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Create(float value) => new() { Value = value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Load(float* source) => new() { Value = *source };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadHalf(ushort* source) => LoadTinyHalf(source, Create(5.192296858534828e33f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadBrain(ushort* source) => new() { Value = BitConverter.Int32BitsToSingle(*source << 16) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadTinyHalf(ushort* source) =>
        new() { Value = BitConverter.Int32BitsToSingle(((short)*source << 13) & unchecked((int)0x8fffe000)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadTinyHalf(ushort* source, Lanes1 factor) => LoadTinyHalf(source) * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadBytes(byte* source) => new() { Value = *source };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadSignedBytes(sbyte* source) => new() { Value = *source };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadNibbles(byte* source, int shift) =>
        new() { Value = (*source >> shift) & 15 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 LoadExponents(byte* source) =>
        new() { Value = BitConverter.Int32BitsToSingle(*source < 2 ? 0x00200000 << *source : (*source - 1) << 23) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes1 value, float* target) => *target = value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator +(Lanes1 left, Lanes1 right) => new() { Value = left.Value + right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator -(Lanes1 left, Lanes1 right) => new() { Value = left.Value - right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator *(Lanes1 left, Lanes1 right) => new() { Value = left.Value * right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator /(Lanes1 left, Lanes1 right) => new() { Value = left.Value / right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) =>
        new() { Value = float.MultiplyAddEstimate(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Max(Lanes1 left, Lanes1 right) => new() { Value = float.MaxNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Min(Lanes1 left, Lanes1 right) => new() { Value = float.MinNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 SelectLess(Lanes1 x, Lanes1 limit, Lanes1 below, Lanes1 otherwise) =>
        x.Value < limit.Value ? below : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftExponent(Lanes1 value, Lanes1 n) => new() { Value = BitConverter.Int32BitsToSingle(
        BitConverter.SingleToInt32Bits(value.Value) + (BitConverter.SingleToInt32Bits(n.Value) << 23)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes1 value) => value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Lanes1 a, Lanes1 b, Lanes1 c, Lanes1 d, float* four)
    {
        four[0] = a.Value;
        four[1] = b.Value;
        four[2] = c.Value;
        four[3] = d.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes1 value) => value.Value;
}
