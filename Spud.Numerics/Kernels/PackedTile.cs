using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>The register-blocked body of <see cref="PackedMatMul"/>: two vectors of outputs at a time, by one to four rows.</summary>
/// <remarks>
/// Names: n is a sum of products, i16 in pairs or i32; the digits are row and vector. The f32 sums stay in memory: eight
/// vectors of n leave no room for them in sixteen registers; where two vectors are a whole tile, there are 32, and y is kept in them. A part is as much of a
/// group as has one scale and fits one n: all of it or half. Code of formats and lanes is kept free of branches that a
/// format does not need: code that the compiler inlines only to drop counts against its limit for a method.
/// </remarks>
internal static unsafe class PackedTile
{
    /// <summary>How far ahead of one row's product to prefetch weights; the next tile begins where this one ends.</summary>
    private const int PrefetchBytes = 8192;

    /// <summary>Floats between rows of sums.</summary>
    public const int SumStride = PackedWeights.TileOutputs;

    /// <summary>sums[r, o] of the tile's 32 outputs, for TRows.Count rows from <paramref name="row"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TBytes, TFloat, TFormat, TRows>(byte* tile, in Q8Rows x, int row, float* sums)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
        where TFormat : struct, IPackedFormat
        where TRows : struct, IRowCount
    {
        nint k = x.K, groups = k / 32;
        byte* next = tile + PackedWeights.HeaderBytes;
        float* head = stackalloc float[2 * PackedWeights.TileOutputs];
        TFloat factor = TFloat.Create(*(float*)tile);
        sbyte* quants = x.Quants + row * k;
        short* pairs = x.Pairs + row * k;
        float* xScales = x.Scales + row * groups;
        float* xSums = x.ScaledSums + row * groups;
        int* xHalfSums = x.HalfSums + row * groups * 2;
        for (int i = 0; i < TRows.Count * SumStride; i += TFloat.Count)
        {
            TFloat.Store(TFloat.Create(0f), sums + i);
        }

        TFloat y00 = TFloat.Create(0f), y01 = y00, y10 = y00, y11 = y00, y20 = y00, y21 = y00, y30 = y00, y31 = y00;
        for (nint group = 0; group < groups; group++)
        {
            if (TFormat.HeadBytes != 0 && group % 8 == 0)
            {
                for (int i = 0; i < TFormat.HeadBytes / sizeof(ushort); i += TFloat.Count)
                {
                    TFloat.Store(TFloat.LoadTinyHalf((ushort*)next + i, factor), head + i);
                }

                next += TFormat.HeadBytes;
            }

            byte* scales = next;
            next += TFormat.ScaleBytes + TFormat.CodeBytes;
            if (typeof(TRows) == typeof(OneRow))
            {
                Prefetch.Lines(next + PrefetchBytes, TFormat.ScaleBytes + TFormat.CodeBytes);
            }

            for (int lane = 0; lane < PackedWeights.TileOutputs; lane += 2 * TFloat.Count)
            {
                byte* codes = scales + TFormat.ScaleBytes + 4 * lane;
                float* y = sums + lane;
                for (int part = 0; part < TFormat.Parts; part++)
                {
                    TBytes n00 = TBytes.Zero, n01 = n00, n10 = n00, n11 = n00, n20 = n00, n21 = n00, n30 = n00, n31 = n00;
                    TBytes high0 = TFormat.HighBits<TBytes, TFloat>(codes, part);
                    TBytes high1 = TFormat.HighBits<TBytes, TFloat>(codes + 4 * TFloat.Count, part);
                    int first = part * (TFormat.Steps / 2), end = first + TFormat.Steps / TFormat.Parts;
                    for (int step = first; step < end; step++)
                    {
                        TFormat.Read<TBytes, TFloat>(codes, step, ref high0, out TBytes a0, out TBytes b0);
                        TFormat.Read<TBytes, TFloat>(codes + 4 * TFloat.Count, step, ref high1, out TBytes a1, out TBytes b1);
                        sbyte* q = quants + 32 / TFormat.Steps * step;
                        short* p = pairs + 32 / TFormat.Steps * step;
                        TFormat.Multiply<TBytes, TFloat>(ref n00, ref n01, a0, a1, b0, b1, q, p);
                        if (typeof(TRows) != typeof(OneRow))
                        {
                            TFormat.Multiply<TBytes, TFloat>(ref n10, ref n11, a0, a1, b0, b1, q + 1 * k, p + 1 * k);
                        }

                        if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows))
                        {
                            TFormat.Multiply<TBytes, TFloat>(ref n20, ref n21, a0, a1, b0, b1, q + 2 * k, p + 2 * k);
                        }

                        if (typeof(TRows) == typeof(FourRows))
                        {
                            TFormat.Multiply<TBytes, TFloat>(ref n30, ref n31, a0, a1, b0, b1, q + 3 * k, p + 3 * k);
                        }
                    }

                    TFormat.ReadScale(head, scales, factor, lane, part, out TFloat d0);
                    TFormat.ReadScale(head, scales, factor, lane + TFloat.Count, part, out TFloat d1);
                    AddProducts<TBytes, TFloat, TFormat>(n00, n01, d0, d1, *xScales, xHalfSums, part, y, ref y00, ref y01);
                    if (typeof(TRows) != typeof(OneRow))
                    {
                        AddProducts<TBytes, TFloat, TFormat>(n10, n11, d0, d1, xScales[1 * groups], xHalfSums + 2 * groups, part, y + 1 * SumStride, ref y10, ref y11);
                    }

                    if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows))
                    {
                        AddProducts<TBytes, TFloat, TFormat>(n20, n21, d0, d1, xScales[2 * groups], xHalfSums + 4 * groups, part, y + 2 * SumStride, ref y20, ref y21);
                    }

                    if (typeof(TRows) == typeof(FourRows))
                    {
                        AddProducts<TBytes, TFloat, TFormat>(n30, n31, d0, d1, xScales[3 * groups], xHalfSums + 6 * groups, part, y + 3 * SumStride, ref y30, ref y31);
                    }
                }

                if (TFormat.HasMinimum)
                {
                    TFormat.ReadMinimum(head, scales, factor, lane, out TFloat m0);
                    TFormat.ReadMinimum(head, scales, factor, lane + TFloat.Count, out TFloat m1);
                    AddMinimum(m0, m1, xSums[0], y, ref y00, ref y01);
                    if (typeof(TRows) != typeof(OneRow))
                    {
                        AddMinimum(m0, m1, xSums[1 * groups], y + 1 * SumStride, ref y10, ref y11);
                    }

                    if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows))
                    {
                        AddMinimum(m0, m1, xSums[2 * groups], y + 2 * SumStride, ref y20, ref y21);
                    }

                    if (typeof(TRows) == typeof(FourRows))
                    {
                        AddMinimum(m0, m1, xSums[3 * groups], y + 3 * SumStride, ref y30, ref y31);
                    }
                }
            }

            quants += 32;
            pairs += 32;
            xScales++;
            xSums++;
            xHalfSums += 2;
        }

        if (2 * TFloat.Count == PackedWeights.TileOutputs)
        {
            Store(y00, y01, sums);
            if (typeof(TRows) != typeof(OneRow))
            {
                Store(y10, y11, sums + 1 * SumStride);
            }

            if (typeof(TRows) == typeof(ThreeRows) || typeof(TRows) == typeof(FourRows))
            {
                Store(y20, y21, sums + 2 * SumStride);
            }

            if (typeof(TRows) == typeof(FourRows))
            {
                Store(y30, y31, sums + 3 * SumStride);
            }
        }
    }

    /// <summary>y += total of n (d dx).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProducts<TBytes, TFloat, TFormat>(
        TBytes n0, TBytes n1, TFloat d0, TFloat d1, float dx, int* halfSums, int part, float* y, ref TFloat y0, ref TFloat y1)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
        where TFormat : struct, IPackedFormat
    {
        TFormat.Total<TBytes, TFloat>(ref n0, ref n1, halfSums, part);
        TFloat scale = TFloat.Create(dx);
        if (2 * TFloat.Count == PackedWeights.TileOutputs)
        {
            y0 = TFloat.MultiplyAdd(TBytes.ToSingle(n0), d0 * scale, y0);
            y1 = TFloat.MultiplyAdd(TBytes.ToSingle(n1), d1 * scale, y1);
        }
        else
        {
            TFloat.Store(TFloat.MultiplyAdd(TBytes.ToSingle(n0), d0 * scale, TFloat.Load(y)), y);
            TFloat.Store(TFloat.MultiplyAdd(TBytes.ToSingle(n1), d1 * scale, TFloat.Load(y + TFloat.Count)), y + TFloat.Count);
        }
    }

    /// <summary>y += m (dx sum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddMinimum<TFloat>(TFloat m0, TFloat m1, float scaledSum, float* y, ref TFloat y0, ref TFloat y1)
        where TFloat : struct, ILanes<TFloat>
    {
        TFloat sum = TFloat.Create(scaledSum);
        if (2 * TFloat.Count == PackedWeights.TileOutputs)
        {
            y0 = TFloat.MultiplyAdd(m0, sum, y0);
            y1 = TFloat.MultiplyAdd(m1, sum, y1);
        }
        else
        {
            TFloat.Store(TFloat.MultiplyAdd(m0, sum, TFloat.Load(y)), y);
            TFloat.Store(TFloat.MultiplyAdd(m1, sum, TFloat.Load(y + TFloat.Count)), y + TFloat.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TFloat>(TFloat y0, TFloat y1, float* y)
        where TFloat : struct, ILanes<TFloat>
    {
        TFloat.Store(y0, y);
        TFloat.Store(y1, y + TFloat.Count);
    }
}
