using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>
/// Quantised weights as they lie in the file x activations rounded to 8 bits. Integer sums over each group of 32, or over
/// its halves, are exact; then in order of k: y += sum (scale scale_x), y += minimum (scale_x sum_x). Every kernel for
/// these formats keeps this order, so that all of them agree bit by bit for any number of rows.
/// </summary>
/// <remarks>Straightforward rather than fast: one row of weights is spread out into scratch for all rows of x.</remarks>
internal static unsafe class QuantMatMul
{
    /// <summary>Quants, two scales and a minimum for each group of 32.</summary>
    public static long ScratchBytes(int k) => k + 3L * sizeof(float) * (k / 32);

    public static void Run<TBlock>(byte* weights, in Q8Rows x, in MatMulPart part, byte* scratch) where TBlock : struct, IQuantBlock
    {
        sbyte* quants = (sbyte*)scratch;
        float* scales = (float*)(scratch + part.K);
        long rowBytes = (long)part.K / TBlock.Length * TBlock.Bytes;
        for (int o = 0; o < part.Outputs; o++)
        {
            Spread<TBlock>(weights + (part.FirstOutput + o) * rowBytes, part.K, quants, scales);
            for (int t = 0; t < part.Rows; t++)
            {
                part.Y[t * part.YStride + part.FirstOutput + o] = Dot<TBlock>(quants, scales, x, t);
            }
        }
    }

    private static void Spread<TBlock>(byte* row, int k, sbyte* quants, float* scales) where TBlock : struct, IQuantBlock
    {
        int groups = TBlock.Length / 32;
        for (int g = 0; g < k / 32; g++)
        {
            byte* block = row + (long)(g / groups) * TBlock.Bytes;
            float* scale = scales + 3 * g;
            TBlock.ReadScales(block, g % groups, out scale[0], out scale[1], out scale[2]);
            TBlock.ReadCodes(block, g % groups, (byte*)quants + 32 * g);
            for (int i = 32 * g; i < 32 * g + 32; i++)
            {
                quants[i] = TBlock.Table.IsEmpty ? (sbyte)(quants[i] - TBlock.Offset) : TBlock.Table[quants[i]];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot<TBlock>(sbyte* quants, float* scales, in Q8Rows x, int row) where TBlock : struct, IQuantBlock
    {
        int groups = x.K / 32;
        sbyte* xQuants = x.Quants + (nint)row * x.K;
        float* xScales = x.Scales + (nint)row * groups;
        float* xSums = x.ScaledSums + (nint)row * groups;
        float sum = 0f;
        for (int g = 0; g < groups; g++, quants += 32, xQuants += 32, scales += 3)
        {
            int first = Products(quants, xQuants), second = Products(quants + 16, xQuants + 16);
            if (TBlock.ScalesHalves)
            {
                sum = float.MultiplyAddEstimate(first, scales[0] * xScales[g], sum);
                sum = float.MultiplyAddEstimate(second, scales[1] * xScales[g], sum);
            }
            else
            {
                sum = float.MultiplyAddEstimate(first + second, scales[0] * xScales[g], sum);
            }

            if (TBlock.HasMinimum)
            {
                sum = float.MultiplyAddEstimate(scales[2], xSums[g], sum);
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Products(sbyte* a, sbyte* b)
    {
        (Vector128<short> a0, Vector128<short> a1) = Vector128.Widen(Vector128.Load(a));
        (Vector128<short> b0, Vector128<short> b1) = Vector128.Widen(Vector128.Load(b));
        (Vector128<int> p0, Vector128<int> p1) = Vector128.Widen(a0 * b0);
        (Vector128<int> p2, Vector128<int> p3) = Vector128.Widen(a1 * b1);
        return Vector128.Sum(p0 + p1 + (p2 + p3));
    }
}
