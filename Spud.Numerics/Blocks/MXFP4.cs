using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 32 elements in 17 bytes: a scale of 8 exponent bits (E8M0, 2^(e - 127)); 16 bytes of 4-bit floats (E2M1) in the order of
/// <see cref="Q4_0"/>. The scale 255, a NaN in the specification, is read as 2^128, as in GGML.
/// Source: OCP Microscaling Formats 1.0.
/// </summary>
public readonly struct MXFP4 : IBlockFormat
{
    public static int Type => 39;

    public static int Elements => 32;

    public static int Bytes => 17;

    /// <summary>The sixteen values of E2M1, doubled to be integers; minus zero is a plain zero, as in GGML.</summary>
    internal static Vector128<sbyte> Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float scale = HalfPower(*block);
        Vector128<byte> packed = Vector128.Load(block + 1);
        Sixteen.Scale(Codes.LookUp(Table, Codes.Low(packed)), scale, values);
        Sixteen.Scale(Codes.LookUp(Table, Codes.High(packed)), scale, values + 16);
    }

    // 2^(exponent - 128), since the table is doubled; the two smallest are subnormal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float HalfPower(uint exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x00200000u << (int)exponent : (exponent - 1) << 23);
}
