using System.Runtime.CompilerServices;

namespace Spud.Numerics;

// Packed forms of the formats with super-blocks of 256: f16 d (and dmin) of 32 outputs before every eight groups.

/// <summary>Nibbles, a minimum; 6-bit scales and minima in one byte each.</summary>
internal readonly unsafe struct PackedQ4_K : IPackedFormat
{
    public static int HeadBytes => 128;

    public static bool HasMinimum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat> => scale = TFloat.Load(head + lane) * TFloat.LoadBytes(scales + lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat> => minimum =
            TFloat.Create(0f) - TFloat.Load(head + 32 + lane) * TFloat.LoadBytes(scales + 32 + lane);
}

/// <summary>Nibbles and a plane of fifth bits; scales as in Q4_K.</summary>
internal readonly unsafe struct PackedQ5_K : IPackedFormat
{
    public static int CodeBytes => 640;

    public static int HeadBytes => 128;

    public static int Parts => 2;

    public static bool HasMinimum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBytes HighBits<TBytes, TFloat>(byte* codes, int half)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> => PackedCodes.FifthBits<TBytes, TFloat>(codes, half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedCodes.FiveBits<TBytes, TFloat>(codes, step, ref high, out first, out second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat> => scale = TFloat.Load(head + lane) * TFloat.LoadBytes(scales + lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat> => minimum =
            TFloat.Create(0f) - TFloat.Load(head + 32 + lane) * TFloat.LoadBytes(scales + 32 + lane);
}

/// <summary>Nibbles and two planes of bit pairs, minus 32; two signed scale bytes.</summary>
internal readonly unsafe struct PackedQ6_K : IPackedFormat
{
    public static int CodeBytes => 768;

    public static int HeadBytes => 64;

    public static int Parts => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBytes HighBits<TBytes, TFloat>(byte* codes, int half)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> => TBytes.Load(codes + 512 + 128 * half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedCodes.SixBits<TBytes, TFloat>(codes, step, ref high, out first, out second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Widened<TBytes, TFloat>(ref n0, ref n1, a0, a1, b0, b1, quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.WidenedTotal<TBytes, TFloat>(ref n0, ref n1, 32 * halfSums[part]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat> => scale =
            TFloat.Load(head + lane) * TFloat.LoadSignedBytes((sbyte*)scales + 32 * part + lane);
}
