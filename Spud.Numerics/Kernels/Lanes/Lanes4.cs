using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>4 lanes in a Vector128.</summary>
internal unsafe struct Lanes4 : ILanes<Lanes4>
{
    public Vector128<float> Value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Create(float value) => new() { Value = Vector128.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source) => new() { Value = Vector128.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadHalf(ushort* source) => LoadTinyHalf(source, Create(5.192296858534828e33f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadBrain(ushort* source) =>
        new() { Value = (Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()) << 16).AsSingle() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadTinyHalf(ushort* source)
    {
        Vector128<int> wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsInt16());
        return new() { Value = ((wide << 13) & Vector128.Create(unchecked((int)0x8fffe000))).AsSingle() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadTinyHalf(ushort* source, Lanes4 factor) => LoadTinyHalf(source) * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadBytes(byte* source) =>
        new() { Value = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)source).AsByte())).AsInt32()) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadSignedBytes(sbyte* source) =>
        new() { Value = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)source).AsSByte()))) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadNibbles(byte* source, int shift) =>
        new() { Value = Vector128.ConvertToSingle((Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)source).AsByte())).AsInt32() >>> shift) & Vector128.Create(15)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadExponents(byte* source)
    {
        Vector128<int> e = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)source).AsByte())).AsInt32();
        Vector128<int> subnormal = (e + Vector128<int>.One) << 21, normal = (e - Vector128<int>.One) << 23;
        return new() { Value = Vector128.ConditionalSelect(Vector128.LessThan(e, Vector128.Create(2)), subnormal, normal).AsSingle() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, float* target) => value.Value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 left, Lanes4 right) => new() { Value = left.Value + right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 left, Lanes4 right) => new() { Value = left.Value - right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 left, Lanes4 right) => new() { Value = left.Value * right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator /(Lanes4 left, Lanes4 right) => new() { Value = left.Value / right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 a, Lanes4 b, Lanes4 c) =>
        new() { Value = Vector128.MultiplyAddEstimate(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Max(Lanes4 left, Lanes4 right) => new() { Value = Vector128.MaxNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Min(Lanes4 left, Lanes4 right) => new() { Value = Vector128.MinNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SelectLess(Lanes4 x, Lanes4 limit, Lanes4 below, Lanes4 otherwise) =>
        new() { Value = Vector128.ConditionalSelect(Vector128.LessThan(x.Value, limit.Value), below.Value, otherwise.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftExponent(Lanes4 value, Lanes4 n) =>
        new() { Value = (value.Value.AsInt32() + (n.Value.AsInt32() << 23)).AsSingle() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes4 value)
    {
        Vector128<float> two = value.Value + Vector128.Shuffle(value.Value, Vector128.Create(2, 3, 0, 1));
        return (two + Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Lanes4 a, Lanes4 b, Lanes4 c, Lanes4 d, float* four)
    {
        four[0] = Sum(a);
        four[1] = Sum(b);
        four[2] = Sum(c);
        four[3] = Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes4 value)
    {
        Vector128<float> pairs = Vector128.MaxNative(value.Value, Vector128.Shuffle(value.Value, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(pairs.ToScalar(), pairs.GetElement(1));
    }
}
