using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>y[i] = x[i] weight[i] / sqrt(mean of x^2 + epsilon), i in 0 .. n. y may be x; weight may be null (all ones).</summary>
/// <remarks>Source: Zhang and Sennrich (arXiv 1910.07467). Squares are summed in f32 lanes.</remarks>
public static unsafe class RmsNorm
{
    public static void Run(float* x, float* weight, float epsilon, float* y, int n)
    {
        float factor = 1f / MathF.Sqrt(Dot.Run(x, x, n) / n + epsilon);
        if (weight == null)
        {
            Scale.Run(factor, x, y, n);
            return;
        }

        Elementwise.Map(new Op(factor), x, weight, y, n);
    }

    private readonly struct Op(float factor) : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T a, T b) where T : struct, ILanes<T> => a * T.Create(factor) * b;
    }
}
