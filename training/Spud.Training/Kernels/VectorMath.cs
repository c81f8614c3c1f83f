using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Training.Kernels;

/// <summary>Elementary functions in f32; the framework's compute in f64, which takes three times as long.</summary>
internal static class VectorMath
{
    private const float Least = -87.3f, Most = 88.7f, Log2OfE = 1.44269504f, UpperLog2 = 0.693359375f, LowerLog2 = -2.12194440e-4f;

    /// <summary>e^x to 2 units in the last place; 0 below -87.3, at most e^88.7. NaN stays NaN. Polynomial of Cephes (S. Moshier).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // For NaN, the result is the second operand.
        Vector512<float> bounded = Vector512.MinNative(Vector512.Create(Most), Vector512.MaxNative(Vector512.Create(Least), x));
        Vector512<float> powers = Vector512.Round(bounded * Log2OfE);
        Vector512<float> r = bounded - powers * UpperLog2 - powers * LowerLog2;
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.MultiplyAddEstimate(p, r * r, r + Vector512<float>.One);
        Vector512<float> scaled = (p.AsInt32() + (Vector512.ConvertToInt32Native(powers) << 23)).AsSingle();
        return Vector512.AndNot(scaled, Vector512.LessThan(x, Vector512.Create(Least)));
    }
}
