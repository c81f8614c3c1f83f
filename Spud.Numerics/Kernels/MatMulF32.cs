using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// y[t, o] = sum over i of x[t, i] w[o, i] for t in 0 .. rows, o in 0 .. outputs, i in 0 .. k, in f32.
/// </summary>
/// <remarks>
/// x [rows, k] at stride xStride, w [outputs, k] at stride wStride, y [rows, outputs] at stride yStride (all in
/// elements); y overlaps neither. An element is bit-identical to <see cref="Dot"/> of its two rows, however many rows
/// there are, which makes every f32 product here independent of the number of rows.
/// </remarks>
public static unsafe class MatMulF32
{
    private const int RowTile = 4, OutputTile = 3;

    /// <summary>Elements of k after which a tile's rows are revisited, while they are still in the first-level cache.</summary>
    private const int Block = 768;

    public static void Run(
        float* x, nint xStride, float* w, nint wStride, float* y, nint yStride, int rows, int outputs, int k)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<Lanes16>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<Lanes8>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Run<Lanes4>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
        else
        {
            Run<Lanes1>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
    }

    private static void Run<T>(
        float* x, nint xStride, float* w, nint wStride, float* y, nint yStride, int rows, int outputs, int k)
        where T : struct, ILanes<T>
    {
        int tiledRows = rows / RowTile * RowTile, tiledOutputs = outputs / OutputTile * OutputTile;
        for (int t = 0; t < tiledRows; t += RowTile)
        {
            for (int o = 0; o < tiledOutputs; o += OutputTile)
            {
                Tile<T>(x + t * xStride, xStride, w + o * wStride, wStride, y + t * yStride + o, yStride, k);
            }
        }

        FewRows<T, SingleElements, float>(x + tiledRows * xStride, xStride, w, wStride, y + tiledRows * yStride, yStride, rows - tiledRows, tiledOutputs, k);
        w += tiledOutputs * wStride;
        FewRows<T, SingleElements, float>(x, xStride, w, wStride, y + tiledOutputs, yStride, rows, outputs - tiledOutputs, k);
    }

    /// <summary>The same for a few rows and outputs at a time, with weights of any element type.</summary>
    internal static void FewRows<TSource, TElement>(
        float* x, nint xStride, TElement* w, nint wStride, float* y, nint yStride, int rows, int outputs, int k)
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
        {
            FewRows<Lanes16, TSource, TElement>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            FewRows<Lanes8, TSource, TElement>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            FewRows<Lanes4, TSource, TElement>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
        else
        {
            FewRows<Lanes1, TSource, TElement>(x, xStride, w, wStride, y, yStride, rows, outputs, k);
        }
    }

    private static void FewRows<T, TSource, TElement>(
        float* x, nint xStride, TElement* w, nint wStride, float* y, nint yStride, int rows, int outputs, int k)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        for (int t = 0; t < rows; t++)
        {
            for (int o = 0; o < outputs; o++)
            {
                y[t * yStride + o] = Dot.Run<T, TSource, TElement>(x + t * xStride, w + o * wStride, k);
            }
        }
    }

    /// <summary>Four rows by three outputs: even and odd vectors of k are summed separately, as in Dot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T>(float* x, nint xStride, float* w, nint wStride, float* y, nint yStride, int k)
        where T : struct, ILanes<T>
    {
        int end = k / (2 * T.Count) * (2 * T.Count), vectors = RowTile * T.Count;
        float* even = stackalloc float[RowTile * OutputTile * T.Count], odd = stackalloc float[RowTile * OutputTile * T.Count];
        new Span<float>(even, OutputTile * vectors).Clear();
        new Span<float>(odd, OutputTile * vectors).Clear();
        for (int i = 0; i < end; i += Block)
        {
            AddEverySecondVector<T>(x, xStride, w, wStride, i, Math.Min(i + Block, end), even);
            AddEverySecondVector<T>(x, xStride, w, wStride, i + T.Count, Math.Min(i + Block, end), odd);
        }

        float* sums = stackalloc float[RowTile * OutputTile];
        for (int o = 0; o < OutputTile; o++, even += vectors, odd += vectors)
        {
            T.StoreSums(
                T.Load(even) + T.Load(odd),
                T.Load(even + T.Count) + T.Load(odd + T.Count),
                T.Load(even + 2 * T.Count) + T.Load(odd + 2 * T.Count),
                T.Load(even + 3 * T.Count) + T.Load(odd + 3 * T.Count),
                sums + o * RowTile);
        }

        for (int row = 0; row < RowTile; row++)
        {
            for (int o = 0; o < OutputTile; o++)
            {
                y[row * yStride + o] = Tail(x + row * xStride, w + o * wStride, sums[o * RowTile + row], end, k);
            }
        }
    }

    /// <summary>
    /// sums[o, row] += a vector of partial sums, over the vectors first, first + 2, … of k. Twelve sums and their operands fill sixteen
    /// registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddEverySecondVector<T>(float* x, nint xStride, float* w, nint wStride, nint first, nint end, float* sums)
        where T : struct, ILanes<T>
    {
        float* x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride, w1 = w + wStride, w2 = w1 + wStride;
        float* sums1 = sums + RowTile * T.Count, sums2 = sums1 + RowTile * T.Count;
        Load(sums, out T s00, out T s10, out T s20, out T s30);
        Load(sums1, out T s01, out T s11, out T s21, out T s31);
        Load(sums2, out T s02, out T s12, out T s22, out T s32);
        for (nint i = first; i < end; i += 2 * T.Count)
        {
            T b0 = T.Load(w + i), b1 = T.Load(w1 + i), b2 = T.Load(w2 + i), a = T.Load(x + i);
            s00 = T.MultiplyAdd(a, b0, s00);
            s01 = T.MultiplyAdd(a, b1, s01);
            s02 = T.MultiplyAdd(a, b2, s02);
            a = T.Load(x1 + i);
            s10 = T.MultiplyAdd(a, b0, s10);
            s11 = T.MultiplyAdd(a, b1, s11);
            s12 = T.MultiplyAdd(a, b2, s12);
            a = T.Load(x2 + i);
            s20 = T.MultiplyAdd(a, b0, s20);
            s21 = T.MultiplyAdd(a, b1, s21);
            s22 = T.MultiplyAdd(a, b2, s22);
            a = T.Load(x3 + i);
            s30 = T.MultiplyAdd(a, b0, s30);
            s31 = T.MultiplyAdd(a, b1, s31);
            s32 = T.MultiplyAdd(a, b2, s32);
        }

        Store(s00, s10, s20, s30, sums);
        Store(s01, s11, s21, s31, sums1);
        Store(s02, s12, s22, s32, sums2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<T>(float* source, out T a, out T b, out T c, out T d)
        where T : struct, ILanes<T>
    {
        a = T.Load(source);
        b = T.Load(source + T.Count);
        c = T.Load(source + 2 * T.Count);
        d = T.Load(source + 3 * T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T a, T b, T c, T d, float* target)
        where T : struct, ILanes<T>
    {
        T.Store(a, target);
        T.Store(b, target + T.Count);
        T.Store(c, target + 2 * T.Count);
        T.Store(d, target + 3 * T.Count);
    }

    /// <summary>sum plus the products from element <paramref name="i"/> on, less than two vectors.</summary>
    private static float Tail(float* x, float* w, float sum, int i, int k)
    {
        for (; i < k; i++)
        {
            sum = float.MultiplyAddEstimate(x[i], w[i], sum);
        }

        return sum;
    }
}
