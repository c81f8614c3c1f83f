using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] = a[i] + b[i], i in 0 .. n. y may be a or b.</summary>
public static unsafe class Add
{
    public static void Run(float* a, float* b, float* y, int n) => Elementwise.Map(default(Op), a, b, y, n);

    private readonly struct Op : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => a + b;
    }
}
