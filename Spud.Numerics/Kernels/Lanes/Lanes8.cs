using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>8 lanes in a Vector256.</summary>
internal unsafe struct Lanes8 : ILanes<Lanes8>
{
    public Vector256<float> Value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Create(float value) => new() { Value = Vector256.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* source) => new() { Value = Vector256.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadHalf(ushort* source) => LoadTinyHalf(source, Create(5.192296858534828e33f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadBrain(ushort* source) =>
        new() { Value = (Vector256.WidenLower(Vector128.Load((ushort*)source).ToVector256Unsafe()) << 16).AsSingle() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadTinyHalf(ushort* source)
    {
        Vector256<int> wide = Avx2.ConvertToVector256Int32((short*)source);
        return new() { Value = ((wide << 13) & Vector256.Create(unchecked((int)0x8fffe000))).AsSingle() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadTinyHalf(ushort* source, Lanes8 factor) => LoadTinyHalf(source) * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadBytes(byte* source) =>
        new() { Value = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadSignedBytes(sbyte* source) =>
        new() { Value = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadNibbles(byte* source, int shift) =>
        new() { Value = Vector256.ConvertToSingle((Avx2.ConvertToVector256Int32(source) >>> shift) & Vector256.Create(15)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadExponents(byte* source)
    {
        Vector256<int> e = Avx2.ConvertToVector256Int32(source);
        Vector256<int> subnormal = (e + Vector256<int>.One) << 21, normal = (e - Vector256<int>.One) << 23;
        return new() { Value = Vector256.ConditionalSelect(Vector256.LessThan(e, Vector256.Create(2)), subnormal, normal).AsSingle() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes8 value, float* target) => value.Value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 left, Lanes8 right) => new() { Value = left.Value + right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 left, Lanes8 right) => new() { Value = left.Value - right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 left, Lanes8 right) => new() { Value = left.Value * right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 left, Lanes8 right) => new() { Value = left.Value / right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 a, Lanes8 b, Lanes8 c) =>
        new() { Value = Vector256.MultiplyAddEstimate(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Max(Lanes8 left, Lanes8 right) => new() { Value = Vector256.MaxNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Min(Lanes8 left, Lanes8 right) => new() { Value = Vector256.MinNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SelectLess(Lanes8 x, Lanes8 limit, Lanes8 below, Lanes8 otherwise) =>
        new() { Value = Vector256.ConditionalSelect(Vector256.LessThan(x.Value, limit.Value), below.Value, otherwise.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftExponent(Lanes8 value, Lanes8 n) =>
        new() { Value = (value.Value.AsInt32() + (n.Value.AsInt32() << 23)).AsSingle() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes8 value) => Lanes4.Sum(new() { Value = value.Value.GetLower() + value.Value.GetUpper() });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Lanes8 a, Lanes8 b, Lanes8 c, Lanes8 d, float* four) => Lanes4.StoreSums(
        new() { Value = a.Value.GetLower() + a.Value.GetUpper() },
        new() { Value = b.Value.GetLower() + b.Value.GetUpper() },
        new() { Value = c.Value.GetLower() + c.Value.GetUpper() },
        new() { Value = d.Value.GetLower() + d.Value.GetUpper() },
        four);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes8 value)
    {
        return Lanes4.MaxAcross(new() { Value = Vector128.MaxNative(value.Value.GetLower(), value.Value.GetUpper()) });
    }
}
