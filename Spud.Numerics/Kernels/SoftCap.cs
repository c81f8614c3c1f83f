using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] = cap tanh(x[i] / cap), i in 0 .. n, within 6 ulp. y may be x.</summary>
/// <remarks>Source: Gemma 2 (arXiv 2408.00118), section 2.</remarks>
public static unsafe class SoftCap
{
    public static void Run(float cap, float* x, float* y, int n) => Elementwise.Map(new Op(cap), x, x, y, n);

    private readonly struct Op(float cap) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => T.Create(cap) * LaneMath.Tanh(a / T.Create(cap));
    }
}
