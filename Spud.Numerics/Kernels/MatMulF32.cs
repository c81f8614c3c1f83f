using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// y[t, o] = sum over i of x[t, i] w[o, i] for t in 0 .. rows, o in 0 .. outputs, i in 0 .. k, in f32.
/// </summary>
/// <remarks>
/// x [rows, k] at stride xStride, w [outputs, k] at stride wStride, y [rows, outputs] at stride yStride (all in
/// elements); y overlaps neither. An element is bit by bit <see cref="Dot"/> of its two rows, however many rows
/// there are: that is the row invariance of every f32 product here.
/// </remarks>
public static unsafe class MatMulF32
{
    private const int RowTile = 4, OutputTile = 4;

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
        for (int o = 0; o < tiledOutputs; o += OutputTile)
        {
            for (int t = 0; t < tiledRows; t += RowTile)
            {
                Tile<T>(x + t * xStride, xStride, w + o * wStride, wStride, y + t * yStride + o, yStride, k);
            }
        }

        FewRows<T, SingleElements, float>(x + tiledRows * xStride, xStride, w, wStride, y + tiledRows * yStride, yStride, rows - tiledRows, tiledOutputs, k);
        w += tiledOutputs * wStride;
        FewRows<T, SingleElements, float>(x, xStride, w, wStride, y + tiledOutputs, yStride, rows, outputs - tiledOutputs, k);
    }

    /// <summary>The same for few rows and weights in any elements, each row of weights read once from memory.</summary>
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
        for (int o = 0; o < outputs; o++)
        {
            for (int t = 0; t < rows; t++)
            {
                y[t * yStride + o] = Dot.Run<T, TSource, TElement>(x + t * xStride, w + o * wStride, k);
            }
        }
    }

    /// <summary>Four rows by four outputs: first the even vectors of k, then the odd ones, as Dot sums them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T>(float* x, nint xStride, float* w, nint wStride, float* y, nint yStride, int k)
        where T : struct, ILanes<T>
    {
        int step = 2 * T.Count, end = k / step * step;
        float* x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride, w1 = w + wStride, w2 = w1 + wStride, w3 = w2 + wStride;
        T zero = T.Create(0f);
        T e00 = zero, e01 = zero, e02 = zero, e03 = zero;
        T e10 = zero, e11 = zero, e12 = zero, e13 = zero;
        T e20 = zero, e21 = zero, e22 = zero, e23 = zero;
        T e30 = zero, e31 = zero, e32 = zero, e33 = zero;
        for (int i = 0; i < end; i += step)
        {
            T b0 = T.Load(w + i), b1 = T.Load(w1 + i), b2 = T.Load(w2 + i), b3 = T.Load(w3 + i), a = T.Load(x + i);
            e00 = T.MultiplyAdd(a, b0, e00);
            e01 = T.MultiplyAdd(a, b1, e01);
            e02 = T.MultiplyAdd(a, b2, e02);
            e03 = T.MultiplyAdd(a, b3, e03);
            a = T.Load(x1 + i);
            e10 = T.MultiplyAdd(a, b0, e10);
            e11 = T.MultiplyAdd(a, b1, e11);
            e12 = T.MultiplyAdd(a, b2, e12);
            e13 = T.MultiplyAdd(a, b3, e13);
            a = T.Load(x2 + i);
            e20 = T.MultiplyAdd(a, b0, e20);
            e21 = T.MultiplyAdd(a, b1, e21);
            e22 = T.MultiplyAdd(a, b2, e22);
            e23 = T.MultiplyAdd(a, b3, e23);
            a = T.Load(x3 + i);
            e30 = T.MultiplyAdd(a, b0, e30);
            e31 = T.MultiplyAdd(a, b1, e31);
            e32 = T.MultiplyAdd(a, b2, e32);
            e33 = T.MultiplyAdd(a, b3, e33);
        }

        T d00 = zero, d01 = zero, d02 = zero, d03 = zero;
        T d10 = zero, d11 = zero, d12 = zero, d13 = zero;
        T d20 = zero, d21 = zero, d22 = zero, d23 = zero;
        T d30 = zero, d31 = zero, d32 = zero, d33 = zero;
        for (int i = T.Count; i < end; i += step)
        {
            T b0 = T.Load(w + i), b1 = T.Load(w1 + i), b2 = T.Load(w2 + i), b3 = T.Load(w3 + i), a = T.Load(x + i);
            d00 = T.MultiplyAdd(a, b0, d00);
            d01 = T.MultiplyAdd(a, b1, d01);
            d02 = T.MultiplyAdd(a, b2, d02);
            d03 = T.MultiplyAdd(a, b3, d03);
            a = T.Load(x1 + i);
            d10 = T.MultiplyAdd(a, b0, d10);
            d11 = T.MultiplyAdd(a, b1, d11);
            d12 = T.MultiplyAdd(a, b2, d12);
            d13 = T.MultiplyAdd(a, b3, d13);
            a = T.Load(x2 + i);
            d20 = T.MultiplyAdd(a, b0, d20);
            d21 = T.MultiplyAdd(a, b1, d21);
            d22 = T.MultiplyAdd(a, b2, d22);
            d23 = T.MultiplyAdd(a, b3, d23);
            a = T.Load(x3 + i);
            d30 = T.MultiplyAdd(a, b0, d30);
            d31 = T.MultiplyAdd(a, b1, d31);
            d32 = T.MultiplyAdd(a, b2, d32);
            d33 = T.MultiplyAdd(a, b3, d33);
        }

        T.StoreSums(e00 + d00, e01 + d01, e02 + d02, e03 + d03, y);
        Tail(x, w, w1, w2, w3, y, end, k);
        y += yStride;
        T.StoreSums(e10 + d10, e11 + d11, e12 + d12, e13 + d13, y);
        Tail(x1, w, w1, w2, w3, y, end, k);
        y += yStride;
        T.StoreSums(e20 + d20, e21 + d21, e22 + d22, e23 + d23, y);
        Tail(x2, w, w1, w2, w3, y, end, k);
        y += yStride;
        T.StoreSums(e30 + d30, e31 + d31, e32 + d32, e33 + d33, y);
        Tail(x3, w, w1, w2, w3, y, end, k);
    }

    /// <summary>Adds the products from element <paramref name="i"/> on, fewer than two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tail(float* x, float* w0, float* w1, float* w2, float* w3, float* y, int i, int k)
    {
        for (; i < k; i++)
        {
            y[0] = float.MultiplyAddEstimate(x[i], w0[i], y[0]);
            y[1] = float.MultiplyAddEstimate(x[i], w1[i], y[1]);
            y[2] = float.MultiplyAddEstimate(x[i], w2[i], y[2]);
            y[3] = float.MultiplyAddEstimate(x[i], w3[i], y[3]);
        }
    }
}
