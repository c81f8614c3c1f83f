using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// sums[r, d] += sum over j of p[r, j] values[j, d], for the query rows r in 0 .. rows that share a KV head
/// and a run of values j in 0 .. n, d in 0 .. width.
/// </summary>
/// <remarks>
/// p [rows, n] at pStride, values [n, width] at valueStride, sums [rows, width] at sumStride (in elements); sums
/// overlap neither. Keys are added in order, so that a row does not depend on the others, and two calls over
/// adjacent runs give the same bits as one call over both.
/// </remarks>
public static unsafe class AttentionValues
{
    public static void F32(
        float* p, nint pStride, int rows, float* values, nint valueStride, int n, int width, float* sums, nint sumStride) =>
        Dispatch<SingleElements, float>(p, pStride, rows, values, valueStride, n, width, sums, sumStride);

    /// <summary>Values as IEEE halves; infinities and NaN in them are not preserved.</summary>
    public static void F16(
        float* p, nint pStride, int rows, ushort* values, nint valueStride, int n, int width, float* sums, nint sumStride) =>
        Dispatch<HalfElements, ushort>(p, pStride, rows, values, valueStride, n, width, sums, sumStride);

    /// <summary>Rows of Q8_0 blocks, valueStride bytes apart; the width is a multiple of 32. Bit-identical to values expanded to f32.</summary>
    public static void Q8_0(float* p, nint pStride, int rows, byte* values, nint valueStride, int n, int width, float* sums, nint sumStride) =>
        Dispatch<Q8Elements, byte>(p, pStride, rows, values, valueStride, n, width, sums, sumStride);

    /// <summary>Rows of Q4_0 blocks, in the same way.</summary>
    public static void Q4_0(float* p, nint pStride, int rows, byte* values, nint valueStride, int n, int width, float* sums, nint sumStride) =>
        Dispatch<Q4Elements, byte>(p, pStride, rows, values, valueStride, n, width, sums, sumStride);

    private static void Dispatch<TSource, TElement>(
        float* p, nint pStride, int rows, TElement* values, nint valueStride, int n, int width, float* sums, nint sumStride)
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        int d = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            d = Columns<Lanes16, TSource, TElement>(p, pStride, rows, values, valueStride, n, d, width, sums, sumStride);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            d = Columns<Lanes8, TSource, TElement>(p, pStride, rows, values, valueStride, n, d, width, sums, sumStride);
        }

        if (Vector128.IsHardwareAccelerated)
        {
            d = Columns<Lanes4, TSource, TElement>(p, pStride, rows, values, valueStride, n, d, width, sums, sumStride);
        }

        Columns<Lanes1, TSource, TElement>(p, pStride, rows, values, valueStride, n, d, width, sums, sumStride);
    }

    /// <summary>Processes as many whole vectors of columns as fit from <paramref name="d"/> on; returns the first remaining column.</summary>
    private static int Columns<T, TSource, TElement>(
        float* p, nint pStride, int rows, TElement* values, nint valueStride, int n, int d, int width, float* sums, nint sumStride)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        for (; d <= width - 4 * T.Count; d += 4 * T.Count)
        {
            AllRows<T, TSource, TElement, FourVectors>(p, pStride, rows, values, d, valueStride, n, sums + d, sumStride);
        }

        for (; d <= width - T.Count; d += T.Count)
        {
            AllRows<T, TSource, TElement, OneVector>(p, pStride, rows, values, d, valueStride, n, sums + d, sumStride);
        }

        return d;
    }

    private static void AllRows<T, TSource, TElement, TVectors>(
        float* p, nint pStride, int rows, TElement* values, int d, nint valueStride, int n, float* sums, nint sumStride)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
        where TVectors : struct, IVectorCount
    {
        for (int r = 0; r < rows;)
        {
            int count = RowBlocks.Next<T>(rows - r);
            switch (count)
            {
                case 1: Rows<T, TSource, TElement, TVectors, OneRow>(p, pStride, values, d, valueStride, n, sums, sumStride); break;
                case 2: Rows<T, TSource, TElement, TVectors, TwoRows>(p, pStride, values, d, valueStride, n, sums, sumStride); break;
                case 3: Rows<T, TSource, TElement, TVectors, ThreeRows>(p, pStride, values, d, valueStride, n, sums, sumStride); break;
                case 4: Rows<T, TSource, TElement, TVectors, FourRows>(p, pStride, values, d, valueStride, n, sums, sumStride); break;
                default: Rows<T, TSource, TElement, TVectors, SixRows>(p, pStride, values, d, valueStride, n, sums, sumStride); break;
            }

            r += count;
            p += count * pStride;
            sums += count * sumStride;
        }
    }

    /// <summary>One to six rows by one or four vectors of columns; sums stay in registers over all keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<T, TSource, TElement, TVectors, TRows>(
        float* p, nint pStride, TElement* values, int d, nint valueStride, int n, float* sums, nint sumStride)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
        where TVectors : struct, IVectorCount
        where TRows : struct, IRowCount
    {
        T s00 = T.Create(0f), s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00;
        T s20 = s00, s21 = s00, s22 = s00, s23 = s00, s30 = s00, s31 = s00, s32 = s00, s33 = s00;
        T s40 = s00, s41 = s00, s42 = s00, s43 = s00, s50 = s00, s51 = s00, s52 = s00, s53 = s00;
        Load<T, TVectors>(sums, ref s00, ref s01, ref s02, ref s03);
        if (typeof(TRows) != typeof(OneRow))
        {
            Load<T, TVectors>(sums + sumStride, ref s10, ref s11, ref s12, ref s13);
        }

        if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
        {
            Load<T, TVectors>(sums + 2 * sumStride, ref s20, ref s21, ref s22, ref s23);
        }

        if (typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
        {
            Load<T, TVectors>(sums + 3 * sumStride, ref s30, ref s31, ref s32, ref s33);
        }

        if (typeof(TRows) == typeof(SixRows))
        {
            Load<T, TVectors>(sums + 4 * sumStride, ref s40, ref s41, ref s42, ref s43);
            Load<T, TVectors>(sums + 5 * sumStride, ref s50, ref s51, ref s52, ref s53);
        }

        for (int j = 0; j < n; j++, values += valueStride)
        {
            T scale = TSource.Scale<T>(values, d), v0 = TSource.Load(values, d, scale), v1 = v0, v2 = v0, v3 = v0;
            if (typeof(TVectors) == typeof(FourVectors))
            {
                // Four vectors begin at a multiple of their width: two of at most 16 lanes are in one block, four of at most 8 as well.
                v1 = TSource.Load(values, d + T.Count, scale);
                if (T.Count > 8)
                    scale = TSource.Scale<T>(values, d + 2 * T.Count);
                v2 = TSource.Load(values, d + 2 * T.Count, scale);
                v3 = TSource.Load(values, d + 3 * T.Count, scale);
            }

            MultiplyAdd<T, TVectors>(p[j], v0, v1, v2, v3, ref s00, ref s01, ref s02, ref s03);
            if (typeof(TRows) != typeof(OneRow))
            {
                MultiplyAdd<T, TVectors>(p[pStride + j], v0, v1, v2, v3, ref s10, ref s11, ref s12, ref s13);
            }

            if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
            {
                MultiplyAdd<T, TVectors>(p[2 * pStride + j], v0, v1, v2, v3, ref s20, ref s21, ref s22, ref s23);
            }

            if (typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
            {
                MultiplyAdd<T, TVectors>(p[3 * pStride + j], v0, v1, v2, v3, ref s30, ref s31, ref s32, ref s33);
            }

            if (typeof(TRows) == typeof(SixRows))
            {
                MultiplyAdd<T, TVectors>(p[4 * pStride + j], v0, v1, v2, v3, ref s40, ref s41, ref s42, ref s43);
                MultiplyAdd<T, TVectors>(p[5 * pStride + j], v0, v1, v2, v3, ref s50, ref s51, ref s52, ref s53);
            }
        }

        Store<T, TVectors>(s00, s01, s02, s03, sums);
        if (typeof(TRows) != typeof(OneRow))
        {
            Store<T, TVectors>(s10, s11, s12, s13, sums + sumStride);
        }

        if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
        {
            Store<T, TVectors>(s20, s21, s22, s23, sums + 2 * sumStride);
        }

        if (typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
        {
            Store<T, TVectors>(s30, s31, s32, s33, sums + 3 * sumStride);
        }

        if (typeof(TRows) == typeof(SixRows))
        {
            Store<T, TVectors>(s40, s41, s42, s43, sums + 4 * sumStride);
            Store<T, TVectors>(s50, s51, s52, s53, sums + 5 * sumStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd<T, TVectors>(
        float p, T v0, T v1, T v2, T v3, ref T s0, ref T s1, ref T s2, ref T s3)
        where T : struct, ILanes<T>
    {
        T weight = T.Create(p);
        s0 = T.MultiplyAdd(weight, v0, s0);
        if (typeof(TVectors) == typeof(FourVectors))
        {
            s1 = T.MultiplyAdd(weight, v1, s1);
            s2 = T.MultiplyAdd(weight, v2, s2);
            s3 = T.MultiplyAdd(weight, v3, s3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<T, TVectors>(float* sums, ref T s0, ref T s1, ref T s2, ref T s3) where T : struct, ILanes<T>
    {
        s0 = T.Load(sums);
        if (typeof(TVectors) == typeof(FourVectors))
        {
            s1 = T.Load(sums + T.Count);
            s2 = T.Load(sums + 2 * T.Count);
            s3 = T.Load(sums + 3 * T.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, TVectors>(T s0, T s1, T s2, T s3, float* sums) where T : struct, ILanes<T>
    {
        T.Store(s0, sums);
        if (typeof(TVectors) == typeof(FourVectors))
        {
            T.Store(s1, sums + T.Count);
            T.Store(s2, sums + 2 * T.Count);
            T.Store(s3, sums + 3 * T.Count);
        }
    }

    private interface IVectorCount;

    private readonly struct OneVector : IVectorCount;

    private readonly struct FourVectors : IVectorCount;
}
