using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>sum over i of a[i] b[i], i in 0 .. n. a and b may be the same.</summary>
/// <remarks>
/// Two vectors of partial sums (even and odd vectors of k), the tail added last: the order of
/// <see cref="MatMulF32"/>, so that its results are these bit by bit.
/// </remarks>
public static unsafe class Dot
{
    /// <summary>How far ahead of b to fetch: a row of weights follows the other, so the next row's start is fetched too.</summary>
    private const int PrefetchBytes = 4096;

    public static float Run(float* a, float* b, int n) =>
        Vector512.IsHardwareAccelerated ? Run<Lanes16, SingleElements, float>(a, b, n)
        : Vector256.IsHardwareAccelerated ? Run<Lanes8, SingleElements, float>(a, b, n)
        : Vector128.IsHardwareAccelerated ? Run<Lanes4, SingleElements, float>(a, b, n)
        : Run<Lanes1, SingleElements, float>(a, b, n);

    /// <summary>b in any elements that expand to f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Run<T, TSource, TElement>(float* a, TElement* b, int n)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        T even = T.Create(0f), odd = T.Create(0f);
        int i = 0;
        for (; i <= n - 2 * T.Count; i += 2 * T.Count)
        {
            Prefetch.Lines((byte*)(b + i) + PrefetchBytes, 2 * T.Count * sizeof(TElement));

            even = T.MultiplyAdd(T.Load(a + i), TSource.Load<T>(b + i), even);
            odd = T.MultiplyAdd(T.Load(a + i + T.Count), TSource.Load<T>(b + i + T.Count), odd);
        }

        float sum = T.Sum(even + odd);
        for (; i < n; i++)
        {
            sum = float.MultiplyAddEstimate(a[i], Lanes1.Sum(TSource.Load<Lanes1>(b + i)), sum);
        }

        return sum;
    }

    /// <summary>Two sums, of a with b and with the row after it: four chains of additions instead of two.</summary>
    /// <param name="a">n floats.</param>
    /// <param name="b">Two rows.</param>
    /// <param name="bStride">Elements from one row to the other.</param>
    /// <param name="n">Products of a sum.</param>
    /// <param name="two">Both sums, each with the bits of <see cref="Run{T, TSource, TElement}"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void RunTwo<T, TSource, TElement>(float* a, TElement* b, nint bStride, int n, float* two)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        // Both rows together advance by twice what one does, through the two that follow.
        byte* ahead = (byte*)(b + 2 * bStride);
        TElement* c = b + bStride;
        T even = T.Create(0f), odd = even, even1 = even, odd1 = even;
        nint i = 0;
        for (nint end = n - 2 * T.Count; i <= end; i += 2 * T.Count)
        {
            Prefetch.Lines(ahead, 4 * T.Count * sizeof(TElement));
            ahead += 4 * T.Count * sizeof(TElement);

            T x = T.Load(a + i);
            even = T.MultiplyAdd(x, TSource.Load<T>(b + i), even);
            even1 = T.MultiplyAdd(x, TSource.Load<T>(c + i), even1);
            x = T.Load(a + i + T.Count);
            odd = T.MultiplyAdd(x, TSource.Load<T>(b + i + T.Count), odd);
            odd1 = T.MultiplyAdd(x, TSource.Load<T>(c + i + T.Count), odd1);
        }

        float sum = T.Sum(even + odd), sum1 = T.Sum(even1 + odd1);
        for (; i < n; i++)
        {
            sum = float.MultiplyAddEstimate(a[i], Lanes1.Sum(TSource.Load<Lanes1>(b + i)), sum);
            sum1 = float.MultiplyAddEstimate(a[i], Lanes1.Sum(TSource.Load<Lanes1>(c + i)), sum1);
        }

        two[0] = sum;
        two[1] = sum1;
    }
}
