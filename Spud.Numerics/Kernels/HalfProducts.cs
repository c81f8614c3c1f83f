namespace Spud.Numerics;

/// <summary>Products of few rows with f16 weights: y[t, o] = sum over i of x[t, i] w[o, i].</summary>
/// <remarks>
/// The weights are read as floats scaled by 2^-112, which saves a multiplication each, and x is scaled by 2^112 first. Powers of
/// two cause no rounding: the result is bit-identical to weights expanded exactly. A row too large for that (|x| of 2^15 and more) is not scaled.
/// </remarks>
internal static unsafe class HalfProducts
{
    private const float Factor = 5.192296858534828e33f;
    private const float LargestSquares = 1 << 30;

    /// <summary>scratch holds K floats.</summary>
    public static void Run(float* x, nint xStride, ushort* weights, in MatMulPart part, float* scratch)
    {
        for (int t = 0; t < part.Rows; t++)
        {
            float* row = x + t * xStride, y = part.Y + t * part.YStride + part.FirstOutput;
            if (Dot.Run(row, row, part.K) < LargestSquares)
            {
                Scale.Run(Factor, row, scratch, part.K);
                MatMulF32.FewRows<TinyHalfElements, ushort>(scratch, part.K, weights, part.K, y, part.YStride, 1, part.Outputs, part.K);
            }
            else
            {
                MatMulF32.FewRows<HalfElements, ushort>(row, xStride, weights, part.K, y, part.YStride, 1, part.Outputs, part.K);
            }
        }
    }
}
