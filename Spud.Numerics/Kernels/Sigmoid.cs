using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] = 1 / (1 + e^-x[i]), i in 0 .. n, within 4 ulp. y may be x.</summary>
public static unsafe class Sigmoid
{
    public static void Run(float* x, float* y, int n) => Elementwise.Map(default(Op), x, x, y, n);

    private readonly struct Op : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => LaneMath.Sigmoid(a);
    }
}
