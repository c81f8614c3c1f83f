using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// The last step of every expansion: sixteen signed 8-bit codes become sixteen floats. Formats unpack in 128-bit registers,
/// since a scale covers 16 codes in most of them; the widening, where most of the work is, uses the widest registers.
/// </summary>
internal static unsafe partial class Sixteen
{
    /// <summary>values[i] = codes[i] * scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<sbyte> codes, float scale, float* values)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            (Widen512(codes) * scale).Store(values);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            (Vector256<float> low, Vector256<float> high) = Widen256(codes);
            (low * scale).Store(values);
            (high * scale).Store(values + 8);
        }
        else
        {
            Scale4(Vector128.WidenLower(codes), scale, values);
            Scale4(Vector128.WidenUpper(codes), scale, values + 8);
        }
    }

    /// <summary>
    /// values[i] = codes[i] * scale + offset. The product must be exact, so that it is the same with and without fused
    /// multiply-add.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<sbyte> codes, float scale, float offset, float* values)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512.MultiplyAddEstimate(Widen512(codes), Vector512.Create(scale), Vector512.Create(offset)).Store(values);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            (Vector256<float> low, Vector256<float> high) = Widen256(codes);
            Vector256.MultiplyAddEstimate(low, Vector256.Create(scale), Vector256.Create(offset)).Store(values);
            Vector256.MultiplyAddEstimate(high, Vector256.Create(scale), Vector256.Create(offset)).Store(values + 8);
        }
        else
        {
            Scale4(Vector128.WidenLower(codes), scale, offset, values);
            Scale4(Vector128.WidenUpper(codes), scale, offset, values + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen512(Vector128<sbyte> codes) =>
        Vector512.ConvertToSingle(Vector512.WidenLower(Vector256.WidenLower(codes.ToVector256Unsafe()).ToVector512Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Widen256(Vector128<sbyte> codes)
    {
        Vector256<short> wide = Vector256.WidenLower(codes.ToVector256Unsafe());
        return (Vector256.ConvertToSingle(Vector256.WidenLower(wide)), Vector256.ConvertToSingle(Vector256.WidenUpper(wide)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale4(Vector128<short> codes, float scale, float* values)
    {
        (Vector128.ConvertToSingle(Vector128.WidenLower(codes)) * scale).Store(values);
        (Vector128.ConvertToSingle(Vector128.WidenUpper(codes)) * scale).Store(values + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale4(Vector128<short> codes, float scale, float offset, float* values)
    {
        Vector128<float> low = Vector128.ConvertToSingle(Vector128.WidenLower(codes));
        Vector128<float> high = Vector128.ConvertToSingle(Vector128.WidenUpper(codes));
        Vector128.MultiplyAddEstimate(low, Vector128.Create(scale), Vector128.Create(offset)).Store(values);
        Vector128.MultiplyAddEstimate(high, Vector128.Create(scale), Vector128.Create(offset)).Store(values + 4);
    }
}
