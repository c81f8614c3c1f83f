using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// scores[r, j] = sum over d of q[r, d] keys[j, d], for the query rows r in 0 .. rows that share a KV head
/// and a run of keys j in 0 .. n.
/// </summary>
/// <remarks>
/// q [rows, width] at qStride, keys [n, width] at keyStride, scores [rows, n] at scoreStride (in elements); scores
/// overlap neither. Keys are read, and halves expanded, once per <see cref="RowBlocks">block of rows</see> (expanding them to memory first for
/// many rows was no faster). A score does not depend on the number of rows or keys.
/// </remarks>
public static unsafe class AttentionScores
{
    public static void F32(
        float* q, nint qStride, int rows, float* keys, nint keyStride, int n, int width, float* scores, nint scoreStride) =>
        Dispatch<SingleElements, float>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);

    /// <summary>Keys as IEEE halves; infinities and NaN in them are not preserved.</summary>
    public static void F16(
        float* q, nint qStride, int rows, ushort* keys, nint keyStride, int n, int width, float* scores, nint scoreStride) =>
        Dispatch<HalfElements, ushort>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);

    /// <summary>Keys as rows of Q8_0 blocks, keyStride bytes apart; the width is a multiple of 32. Bit-identical to keys expanded to f32.</summary>
    public static void Q8_0(float* q, nint qStride, int rows, byte* keys, nint keyStride, int n, int width, float* scores, nint scoreStride) =>
        Dispatch<Q8Elements, byte>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);

    /// <summary>Keys as rows of Q4_0 blocks, in the same way.</summary>
    public static void Q4_0(float* q, nint qStride, int rows, byte* keys, nint keyStride, int n, int width, float* scores, nint scoreStride) =>
        Dispatch<Q4Elements, byte>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);

    private static void Dispatch<TSource, TElement>(
        float* q, nint qStride, int rows, TElement* keys, nint keyStride, int n, int width, float* scores, nint scoreStride)
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        if (Vector512.IsHardwareAccelerated && width >= 16)
        {
            Run<Lanes16, TSource, TElement>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);
        }
        else if (Vector256.IsHardwareAccelerated && width >= 8)
        {
            Run<Lanes8, TSource, TElement>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);
        }
        else if (Vector128.IsHardwareAccelerated && width >= 4)
        {
            Run<Lanes4, TSource, TElement>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);
        }
        else
        {
            Run<Lanes1, TSource, TElement>(q, qStride, rows, keys, keyStride, n, width, scores, scoreStride);
        }
    }

    private static void Run<T, TSource, TElement>(
        float* q, nint qStride, int rows, TElement* keys, nint keyStride, int n, int width, float* scores, nint scoreStride)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        for (int r = 0; r < rows;)
        {
            int count = RowBlocks.Next<T>(rows - r);
            switch (count)
            {
                case 1: Rows<T, TSource, TElement, OneRow>(q, qStride, keys, keyStride, n, width, scores, scoreStride); break;
                case 2: Rows<T, TSource, TElement, TwoRows>(q, qStride, keys, keyStride, n, width, scores, scoreStride); break;
                case 3: Rows<T, TSource, TElement, ThreeRows>(q, qStride, keys, keyStride, n, width, scores, scoreStride); break;
                case 4: Rows<T, TSource, TElement, FourRows>(q, qStride, keys, keyStride, n, width, scores, scoreStride); break;
                default: Rows<T, TSource, TElement, SixRows>(q, qStride, keys, keyStride, n, width, scores, scoreStride); break;
            }

            r += count;
            q += count * qStride;
            scores += count * scoreStride;
        }
    }

    /// <summary>One to six rows by four keys at a time; if fewer keys are left, the first of them is repeated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<T, TSource, TElement, TRows>(
        float* q, nint qStride, TElement* keys, nint keyStride, int n, int width, float* scores, nint scoreStride)
        where T : struct, ILanes<T>
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
        where TRows : struct, IRowCount
    {
        float* last = stackalloc float[24];
        int whole = width / T.Count * T.Count;
        for (int j = 0; j < n; j += 4)
        {
            // The last one to three keys are processed the same way, but their scores go through a buffer.
            int left = n - j - 1;
            float* target = left < 3 ? last : scores + j;
            nint stride = left < 3 ? 4 : scoreStride;
            TElement* k0 = keys + j * keyStride, k1 = left < 1 ? k0 : k0 + keyStride;
            TElement* k2 = left < 2 ? k0 : k0 + 2 * keyStride, k3 = left < 3 ? k0 : k0 + 3 * keyStride;
            T s00 = T.Create(0f), s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00;
            T s20 = s00, s21 = s00, s22 = s00, s23 = s00, s30 = s00, s31 = s00, s32 = s00, s33 = s00;
            T s40 = s00, s41 = s00, s42 = s00, s43 = s00, s50 = s00, s51 = s00, s52 = s00, s53 = s00;
            T c0 = s00, c1 = s00, c2 = s00, c3 = s00;
            for (int d = 0; d < whole; d += T.Count)
            {
                if (TSource.HasScales && d % 32 == 0)
                {
                    c0 = TSource.Scale<T>(k0, d);
                    c1 = TSource.Scale<T>(k1, d);
                    c2 = TSource.Scale<T>(k2, d);
                    c3 = TSource.Scale<T>(k3, d);
                }

                T b0 = TSource.Load(k0, d, c0), b1 = TSource.Load(k1, d, c1), b2 = TSource.Load(k2, d, c2), b3 = TSource.Load(k3, d, c3);
                T a = T.Load(q + d);
                s00 = T.MultiplyAdd(a, b0, s00);
                s01 = T.MultiplyAdd(a, b1, s01);
                s02 = T.MultiplyAdd(a, b2, s02);
                s03 = T.MultiplyAdd(a, b3, s03);
                if (typeof(TRows) != typeof(OneRow))
                {
                    a = T.Load(q + qStride + d);
                    s10 = T.MultiplyAdd(a, b0, s10);
                    s11 = T.MultiplyAdd(a, b1, s11);
                    s12 = T.MultiplyAdd(a, b2, s12);
                    s13 = T.MultiplyAdd(a, b3, s13);
                }

                if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
                {
                    a = T.Load(q + 2 * qStride + d);
                    s20 = T.MultiplyAdd(a, b0, s20);
                    s21 = T.MultiplyAdd(a, b1, s21);
                    s22 = T.MultiplyAdd(a, b2, s22);
                    s23 = T.MultiplyAdd(a, b3, s23);
                }

                if (typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
                {
                    a = T.Load(q + 3 * qStride + d);
                    s30 = T.MultiplyAdd(a, b0, s30);
                    s31 = T.MultiplyAdd(a, b1, s31);
                    s32 = T.MultiplyAdd(a, b2, s32);
                    s33 = T.MultiplyAdd(a, b3, s33);
                }

                if (typeof(TRows) == typeof(SixRows))
                {
                    a = T.Load(q + 4 * qStride + d);
                    s40 = T.MultiplyAdd(a, b0, s40);
                    s41 = T.MultiplyAdd(a, b1, s41);
                    s42 = T.MultiplyAdd(a, b2, s42);
                    s43 = T.MultiplyAdd(a, b3, s43);
                    a = T.Load(q + 5 * qStride + d);
                    s50 = T.MultiplyAdd(a, b0, s50);
                    s51 = T.MultiplyAdd(a, b1, s51);
                    s52 = T.MultiplyAdd(a, b2, s52);
                    s53 = T.MultiplyAdd(a, b3, s53);
                }
            }

            T.StoreSums(s00, s01, s02, s03, target);
            Finish<TSource, TElement>(q, k0, k1, k2, k3, whole, width, target);
            if (typeof(TRows) != typeof(OneRow))
            {
                T.StoreSums(s10, s11, s12, s13, target + stride);
                Finish<TSource, TElement>(q + qStride, k0, k1, k2, k3, whole, width, target + stride);
            }

            if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
            {
                T.StoreSums(s20, s21, s22, s23, target + 2 * stride);
                Finish<TSource, TElement>(q + 2 * qStride, k0, k1, k2, k3, whole, width, target + 2 * stride);
            }

            if (typeof(TRows) == typeof(FourRows) || typeof(TRows) == typeof(SixRows))
            {
                T.StoreSums(s30, s31, s32, s33, target + 3 * stride);
                Finish<TSource, TElement>(q + 3 * qStride, k0, k1, k2, k3, whole, width, target + 3 * stride);
            }

            if (typeof(TRows) == typeof(SixRows))
            {
                T.StoreSums(s40, s41, s42, s43, target + 4 * stride);
                Finish<TSource, TElement>(q + 4 * qStride, k0, k1, k2, k3, whole, width, target + 4 * stride);
                T.StoreSums(s50, s51, s52, s53, target + 5 * stride);
                Finish<TSource, TElement>(q + 5 * qStride, k0, k1, k2, k3, whole, width, target + 5 * stride);
            }

            for (int i = 0; left < 3 && i <= left; i++)
            {
                for (int r = 0; r < TRows.Count; r++)
                {
                    scores[r * scoreStride + j + i] = last[4 * r + i];
                }
            }
        }
    }

    /// <summary>Adds the products from column <paramref name="d"/> on, less than a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TSource, TElement>(
        float* q, TElement* k0, TElement* k1, TElement* k2, TElement* k3, int d, int width, float* four)
        where TSource : struct, IElements<TElement>
        where TElement : unmanaged
    {
        for (; d < width; d++)
        {
            four[0] = float.MultiplyAddEstimate(q[d], Lanes1.Sum(TSource.Load<Lanes1>(k0, d)), four[0]);
            four[1] = float.MultiplyAddEstimate(q[d], Lanes1.Sum(TSource.Load<Lanes1>(k1, d)), four[1]);
            four[2] = float.MultiplyAddEstimate(q[d], Lanes1.Sum(TSource.Load<Lanes1>(k2, d)), four[2]);
            four[3] = float.MultiplyAddEstimate(q[d], Lanes1.Sum(TSource.Load<Lanes1>(k3, d)), four[3]);
        }
    }
}
