using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] = factor x[i], i in 0 .. n. y may be x.</summary>
public static unsafe class Scale
{
    public static void Run(float factor, float* x, float* y, int n) => Elementwise.Map(new Op(factor), x, x, y, n);

    private readonly struct Op(float factor) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => a * T.Create(factor);
    }
}
