using System.Runtime.CompilerServices;

namespace Spud.Numerics;

// Packed forms of the formats with blocks of 32: f16 scales (and minima) of 32 outputs, and codes.

/// <summary>Signed bytes.</summary>
internal readonly unsafe struct PackedQ8_0 : IPackedFormat
{
    public static int CodeBytes => 1024;

    public static int Steps => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        first = second = TBytes.Load(codes + 128 * step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        TBytes.MultiplyAddSigned(ref n0, ref n1, a0, a1, quants, pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.SignedTotal<TBytes, TFloat>(ref n0, ref n1, halfSums);
}

/// <summary>Nibbles minus 8.</summary>
internal readonly unsafe struct PackedQ4_0 : IPackedFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Total<TBytes, TFloat>(ref n0, ref n1, 8 * (halfSums[0] + halfSums[1]));
}

/// <summary>Nibbles, a minimum.</summary>
internal readonly unsafe struct PackedQ4_1 : IPackedFormat
{
    public static int ScaleBytes => 128;

    public static bool HasMinimum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat> => minimum = TFloat.LoadTinyHalf((ushort*)scales + 32 + lane, factor);
}

/// <summary>Nibbles and a plane of fifth bits, minus 16.</summary>
internal readonly unsafe struct PackedQ5_0 : IPackedFormat
{
    public static int CodeBytes => 640;

    public static int Parts => 2;

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
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Total<TBytes, TFloat>(ref n0, ref n1, 16 * halfSums[part]);
}

/// <summary>Nibbles and a plane of fifth bits, a minimum.</summary>
internal readonly unsafe struct PackedQ5_1 : IPackedFormat
{
    public static int CodeBytes => 640;

    public static int ScaleBytes => 128;

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
    public static void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat> => minimum = TFloat.LoadTinyHalf((ushort*)scales + 32 + lane, factor);
}

/// <summary>Nibbles that index a table of signed bytes.</summary>
internal readonly unsafe struct PackedIQ4_NL : IPackedFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedCodes.LookUp<TBytes, TFloat>(BlockIQ4_NL.Table, codes, step, out first, out second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Signed<TBytes, TFloat>(ref n0, ref n1, a0, a1, b0, b1, quants, pairs);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.SignedTotal<TBytes, TFloat>(ref n0, ref n1, halfSums);
}

/// <summary>Nibbles that index a table of values up to 12, stored here plus 12; scales are exponent bytes.</summary>
internal readonly unsafe struct PackedMXFP4 : IPackedFormat
{
    public static int Parts => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedCodes.LookUp<TBytes, TFloat>(PackedCodes.ShiftedMXFP4, codes, step, out first, out second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Total<TBytes, TFloat>(ref n0, ref n1, 12 * halfSums[part]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat> => scale = TFloat.LoadExponents(scales + lane);
}
