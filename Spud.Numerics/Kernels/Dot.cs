using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
            if (Sse.IsSupported)
            {
                Sse.Prefetch0((byte*)(b + i) + PrefetchBytes);
            }

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
}
