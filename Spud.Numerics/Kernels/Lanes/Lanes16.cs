using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>16 lanes in a Vector512.</summary>
internal unsafe struct Lanes16 : ILanes<Lanes16>
{
    public Vector512<float> Value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Create(float value) => new() { Value = Vector512.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* source) => new() { Value = Vector512.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadHalf(ushort* source) => LoadTinyHalf(source, Create(5.192296858534828e33f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadBrain(ushort* source) =>
        new() { Value = (Vector512.WidenLower(Vector256.Load((ushort*)source).ToVector512Unsafe()) << 16).AsSingle() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadTinyHalf(ushort* source)
    {
        Vector512<int> wide = Vector512.WidenLower(Vector256.Load((short*)source).ToVector512Unsafe());
        return new() { Value = ((wide << 13) & Vector512.Create(unchecked((int)0x8fffe000))).AsSingle() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadTinyHalf(ushort* source, Lanes16 factor) => LoadTinyHalf(source) * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadBytes(byte* source) =>
        new() { Value = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadSignedBytes(sbyte* source) =>
        new() { Value = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadNibbles(byte* source, int shift) =>
        new() { Value = Vector512.ConvertToSingle((Avx512F.ConvertToVector512Int32(Vector128.Load(source)) >>> shift) & Vector512.Create(15)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadExponents(byte* source)
    {
        Vector512<int> e = Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).ToVector512Unsafe()).AsInt32();
        Vector512<int> subnormal = (e + Vector512<int>.One) << 21, normal = (e - Vector512<int>.One) << 23;
        return new() { Value = Vector512.ConditionalSelect(Vector512.LessThan(e, Vector512.Create(2)), subnormal, normal).AsSingle() };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes16 value, float* target) => value.Value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 left, Lanes16 right) => new() { Value = left.Value + right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 left, Lanes16 right) => new() { Value = left.Value - right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 left, Lanes16 right) => new() { Value = left.Value * right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 left, Lanes16 right) => new() { Value = left.Value / right.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 a, Lanes16 b, Lanes16 c) =>
        new() { Value = Vector512.MultiplyAddEstimate(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Max(Lanes16 left, Lanes16 right) => new() { Value = Vector512.MaxNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Min(Lanes16 left, Lanes16 right) => new() { Value = Vector512.MinNative(left.Value, right.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 SelectLess(Lanes16 x, Lanes16 limit, Lanes16 below, Lanes16 otherwise) =>
        new() { Value = Vector512.ConditionalSelect(Vector512.LessThan(x.Value, limit.Value), below.Value, otherwise.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftExponent(Lanes16 value, Lanes16 n) =>
        new() { Value = (value.Value.AsInt32() + (n.Value.AsInt32() << 23)).AsSingle() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes16 value) => Lanes8.Sum(new() { Value = value.Value.GetLower() + value.Value.GetUpper() });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Lanes16 a, Lanes16 b, Lanes16 c, Lanes16 d, float* four)
    {
        if (!Avx512F.IsSupported)
        {
            four[0] = Sum(a);
            four[1] = Sum(b);
            four[2] = Sum(c);
            four[3] = Sum(d);
            return;
        }

        // Halves of two values side by side, then quarters of four; four groups of four lanes are left.
        Vector512<float> ab = Avx512F.Shuffle4x128(a.Value, b.Value, 0x44) + Avx512F.Shuffle4x128(a.Value, b.Value, 0xee);
        Vector512<float> cd = Avx512F.Shuffle4x128(c.Value, d.Value, 0x44) + Avx512F.Shuffle4x128(c.Value, d.Value, 0xee);
        Vector512<float> all = Avx512F.Shuffle4x128(ab, cd, 0x88) + Avx512F.Shuffle4x128(ab, cd, 0xdd);
        all += Avx512F.Permute4x32(all, 0x4e);
        all += Avx512F.Permute4x32(all, 0xb1);
        Avx512F.PermuteVar16x32(all, Vector512.Create(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)).GetLower().GetLower().Store(four);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes16 value)
    {
        return Lanes8.MaxAcross(new() { Value = Vector256.MaxNative(value.Value.GetLower(), value.Value.GetUpper()) });
    }
}
