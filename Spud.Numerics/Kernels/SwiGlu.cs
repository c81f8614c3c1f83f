using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] = silu(gate[i]) up[i], silu(x) = x / (1 + e^-x), i in 0 .. n. y may be gate or up.</summary>
/// <remarks>Source: Shazeer, "GLU Variants Improve Transformer" (arXiv 2002.05202).</remarks>
public static unsafe class SwiGlu
{
    public static void Run(float* gate, float* up, float* y, int n) => Elementwise.Map(default(Op), gate, up, y, n);

    private readonly struct Op : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => a * LaneMath.Sigmoid(a) * b;
    }
}
