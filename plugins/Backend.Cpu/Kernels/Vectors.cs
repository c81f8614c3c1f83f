using System.Diagnostics;
using Spud.Numerics;

namespace Backend.Cpu.Kernels;

/// <summary>The element-wise kernels over spans; the first argument determines the length.</summary>
internal static unsafe class Vectors
{
    public static void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Debug.Assert(b.Length == a.Length && y.Length == a.Length);
        fixed (float* pa = a, pb = b, py = y)
            Spud.Numerics.Add.Run(pa, pb, py, a.Length);
    }

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

    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Debug.Assert(b.Length == a.Length);
        fixed (float* pa = a, pb = b)
            return Spud.Numerics.Dot.Run(pa, pb, a.Length);
    }

    /// <summary>y = weight * x / rms(x); y may be x.</summary>
    public static void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        Debug.Assert(weight.Length == x.Length && y.Length == x.Length);
        fixed (float* px = x, pw = weight, py = y)
            Spud.Numerics.RmsNorm.Run(px, pw, epsilon, py, x.Length);
    }

    /// <summary>Rotates the first 2 * cos.Length elements of a head.</summary>
    public static void Rotate(Span<float> head, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, bool interleaved)
    {
        Debug.Assert(head.Length >= 2 * cos.Length && sin.Length == cos.Length);
        fixed (float* ph = head, pc = cos, ps = sin)
        {
            if (interleaved)
                Rope.Interleaved(ph, pc, ps, 2 * cos.Length);
            else
                Rope.Halves(ph, pc, ps, 2 * cos.Length);
        }
    }

    /// <summary>x = softmax(x).</summary>
    public static void Softmax(Span<float> x)
    {
        fixed (float* px = x)
            Spud.Numerics.Softmax.Run(px, px, x.Length);
    }

    /// <summary>x = e^(x - max), where max is finite and at least the maximum of x; negative infinity gives 0.</summary>
    public static void Exp(Span<float> x, float max)
    {
        fixed (float* px = x)
            Spud.Numerics.Softmax.ExpSum(px, max, px, x.Length);
    }

    /// <summary>y = silu(gate) * up.</summary>
    public static void SwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        fixed (float* pg = gate, pu = up, py = y)
            Spud.Numerics.SwiGlu.Run(pg, pu, py, gate.Length);
    }

    /// <summary>y = gelu(gate) * up, tanh approximation.</summary>
    public static void GeluGate(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y)
    {
        fixed (float* pg = gate, pu = up, py = y)
            Spud.Numerics.GeluGate.Run(pg, pu, py, gate.Length);
    }

    /// <summary>The gate of gpt-oss.</summary>
    public static void ClampedSwiGlu(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> y, float alpha, float limit)
    {
        fixed (float* pg = gate, pu = up, py = y)
            Spud.Numerics.ClampedSwiGlu.Run(pg, pu, py, gate.Length, alpha, limit);
    }
}
