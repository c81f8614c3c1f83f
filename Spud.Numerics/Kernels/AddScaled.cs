using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] += factor x[i], i in 0 .. n, rounded once if the CPU has a fused multiply-add.</summary>
public static unsafe class AddScaled
{
    public static void Run(float factor, float* x, float* y, int n) => Elementwise.Map(new Op(factor), x, y, y, n);

    private readonly struct Op(float factor) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => T.MultiplyAdd(a, T.Create(factor), b);
    }
}
