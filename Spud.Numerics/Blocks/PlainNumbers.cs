using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>IEEE 754 binary32.</summary>
public readonly struct F32 : IBlockFormat
{
    public static int Type => 0;

    public static int Elements => 1;

    public static int Bytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = *(float*)block;
}

/// <summary>IEEE 754 binary64, rounded to the nearest binary32.</summary>
public readonly struct F64 : IBlockFormat
{
    public static int Type => 28;

    public static int Elements => 1;

    public static int Bytes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = (float)*(double*)block;
}

/// <summary>Signed 8-bit integer.</summary>
public readonly struct I8 : IBlockFormat
{
    public static int Type => 24;

    public static int Elements => 1;

    public static int Bytes => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = (sbyte)*block;
}

/// <summary>Signed 16-bit integer.</summary>
public readonly struct I16 : IBlockFormat
{
    public static int Type => 25;

    public static int Elements => 1;

    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = *(short*)block;
}

/// <summary>Signed 32-bit integer, rounded to the nearest binary32.</summary>
public readonly struct I32 : IBlockFormat
{
    public static int Type => 26;

    public static int Elements => 1;

    public static int Bytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = *(int*)block;
}

/// <summary>Signed 64-bit integer, rounded to the nearest binary32.</summary>
public readonly struct I64 : IBlockFormat
{
    public static int Type => 27;

    public static int Elements => 1;

    public static int Bytes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => *values = *(long*)block;
}
