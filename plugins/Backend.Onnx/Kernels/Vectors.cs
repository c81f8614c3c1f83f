using System.Diagnostics;

namespace Backend.Onnx.Kernels;

/// <summary>The element-wise kernels over spans; the first argument determines the length.</summary>
internal static unsafe class Vectors
{
    /// <summary>y += factor * x.</summary>
    public static void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> y)
    {
        Debug.Assert(y.Length == x.Length);
        fixed (float* px = x, py = y)
            Spud.Numerics.AddScaled.Run(factor, px, py, x.Length);
    }

    /// <summary>y = factor * x; y may be x.</summary>
    public static void Scale(float factor, ReadOnlySpan<float> x, Span<float> y)
    {
        Debug.Assert(y.Length == x.Length);
        fixed (float* px = x, py = y)
            Spud.Numerics.Scale.Run(factor, px, py, x.Length);
    }
}
