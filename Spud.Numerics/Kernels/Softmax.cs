using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>The building blocks of a softmax and of an online softmax over one row of scores.</summary>
/// <remarks>Source of the fold: Milakov and Gimelshein (arXiv 1805.02867).</remarks>
public static unsafe class Softmax
{
    /// <summary>The maximum of x[0 .. n]; negative infinity if n is 0.</summary>
    public static float Max(float* x, int n) =>
        Vector512.IsHardwareAccelerated ? Max<Lanes16>(x, n)
        : Vector256.IsHardwareAccelerated ? Max<Lanes8>(x, n)
        : Vector128.IsHardwareAccelerated ? Max<Lanes4>(x, n)
        : Max<Lanes1>(x, n);

    /// <summary>
    /// y[i] = e^(x[i] - max); returns the sum of y. y may be x. max is finite and at least the maximum of x.
    /// Scores of negative infinity give exact zeros.
    /// </summary>
    public static float ExpSum(float* x, float max, float* y, int n) =>
        Vector512.IsHardwareAccelerated ? ExpSum<Lanes16>(x, max, y, n)
        : Vector256.IsHardwareAccelerated ? ExpSum<Lanes8>(x, max, y, n)
        : Vector128.IsHardwareAccelerated ? ExpSum<Lanes4>(x, max, y, n)
        : ExpSum<Lanes1>(x, max, y, n);

    /// <summary>y = softmax(x) over n elements, n at least 1, at least one of them finite. y may be x.</summary>
    public static void Run(float* x, float* y, int n) => Scale.Run(1f / ExpSum(x, Max(x, n), y, n), y, y, n);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Max<T>(float* x, int n) where T : struct, ILanes<T>
    {
        T max = T.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            max = T.Max(max, T.Load(x + i));
        }

        float result = T.MaxAcross(max);
        for (; i < n; i++)
        {
            result = MathF.Max(result, x[i]);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ExpSum<T>(float* x, float max, float* y, int n) where T : struct, ILanes<T>
    {
        T sum = T.Create(0f);
        int i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            T e = LaneMath.Exp(T.Load(x + i) - T.Create(max));
            T.Store(e, y + i);
            sum += e;
        }

        float total = T.Sum(sum);
        for (; i < n; i++)
        {
            Lanes1 e = LaneMath.Exp(Lanes1.Load(x + i) - Lanes1.Create(max));
            Lanes1.Store(e, y + i);
            total += y[i];
        }

        return total;
    }
}
