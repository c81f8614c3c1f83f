using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>The reverse direction: operations shared by rounding to blocks.</summary>
internal static unsafe partial class Sixteen
{
    /// <summary>The maximum of four, or NaN if one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector128<float> values) => MathF.Max(
        MathF.Max(values.GetElement(0), values.GetElement(1)), MathF.Max(values.GetElement(2), values.GetElement(3)));

    /// <summary>
    /// The scale with its inverse: 0 if the inverse is not finite (the f16 of such a scale is 0 as well), and NaN with 0 if the scale is
    /// not finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ScaleOf(float scale, out float inverse)
    {
        inverse = 1 / scale;
        inverse = float.IsFinite(inverse) ? inverse : 0;
        return float.IsFinite(scale) ? scale : float.NaN;
    }

    /// <summary>Whether any is infinite or NaN.</summary>
    public static bool HasFault(float* values, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!float.IsFinite(values[i]))
                return true;
        }

        return false;
    }

    /// <summary>Sixteen floats truncated to signed bytes, saturating; NaN becomes 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        Vector128.NarrowWithSaturation(
            Vector128.NarrowWithSaturation(Vector128.ConvertToInt32(a), Vector128.ConvertToInt32(b)),
            Vector128.NarrowWithSaturation(Vector128.ConvertToInt32(c), Vector128.ConvertToInt32(d)));
}
