namespace Spud.Numerics.Tests.Kernels;

/// <summary>
/// Quantised weights as they lie in the file x activations rounded to 8 bits, in the order that <see cref="PackedMatMul"/> keeps: integer sums
/// over each group of 32, or over its halves, are exact; then, in order of k, y += sum (scale scale_x) and y += minimum (scale_x sum_x).
/// </summary>
internal static unsafe class PlainQuantProduct
{
    public static void Run(int type, byte* weights, in Q8Rows x, in MatMulPart part)
    {
        switch (type)
        {
            case GgmlType.Q4_0: Run<BlockQ4_0>(type, weights, x, part, 8, []); break;
            case GgmlType.Q4_1: Run<BlockQ4_1>(type, weights, x, part, 0, []); break;
            case GgmlType.Q5_0: Run<BlockQ5_0>(type, weights, x, part, 16, []); break;
            case GgmlType.Q5_1: Run<BlockQ5_1>(type, weights, x, part, 0, []); break;
            case GgmlType.Q8_0: Run<BlockQ8_0>(type, weights, x, part, 0, []); break;
            case GgmlType.Q4_K: Run<BlockQ4_K>(type, weights, x, part, 0, []); break;
            case GgmlType.Q5_K: Run<BlockQ5_K>(type, weights, x, part, 0, []); break;
            case GgmlType.Q6_K: Run<BlockQ6_K>(type, weights, x, part, 32, []); break;
            case GgmlType.IQ4_NL: Run<BlockIQ4_NL>(type, weights, x, part, 0, BlockIQ4_NL.Table); break;
            default: Run<BlockMXFP4>(type, weights, x, part, 0, [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]); break;
        }
    }

    private static void Run<TBlock>(int type, byte* weights, in Q8Rows x, in MatMulPart part, int offset, ReadOnlySpan<sbyte> table)
        where TBlock : struct, IQuantBlock
    {
        long rowBytes = (long)part.K / TBlock.Length * TBlock.Bytes;
        for (int output = part.FirstOutput; output < part.FirstOutput + part.Outputs; output++)
        {
            for (int row = 0; row < part.Rows; row++)
                part.Y[row * part.YStride + output] = Dot<TBlock>(type, weights + output * rowBytes, x, row, offset, table);
        }
    }

    private static float Dot<TBlock>(int type, byte* weights, in Q8Rows x, int row, int offset, ReadOnlySpan<sbyte> table)
        where TBlock : struct, IQuantBlock
    {
        bool halves = type is GgmlType.Q5_0 or GgmlType.Q5_1 or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.MXFP4;
        int groups = TBlock.Length / 32;
        byte* codes = stackalloc byte[32];
        float sum = 0;
        for (int g = 0; g < x.K / 32; g++)
        {
            byte* block = weights + (long)(g / groups) * TBlock.Bytes;
            TBlock.ReadCodes(block, g % groups, codes);
            (float scale, float secondScale, float minimum) = Scales(type, block, g % groups);
            sbyte* quants = x.Quants + (nint)row * x.K + 32 * g;
            float scaleOfX = x.Scales[row * (x.K / 32) + g];
            int first = 0, second = 0;
            for (int i = 0; i < 32; i++)
            {
                int product = (table.IsEmpty ? (sbyte)(codes[i] - offset) : table[codes[i]]) * quants[i];
                first += i < 16 ? product : 0;
                second += i < 16 ? 0 : product;
            }

            sum = float.MultiplyAddEstimate(halves ? first : first + second, scale * scaleOfX, sum);
            if (halves)
                sum = float.MultiplyAddEstimate(second, secondScale * scaleOfX, sum);
            if (TBlock.HasMinimum)
                sum = float.MultiplyAddEstimate(minimum, x.ScaledSums[row * (x.K / 32) + g], sum);
        }

        return sum;
    }

    private static (float First, float Second, float Minimum) Scales(int type, byte* block, int group)
    {
        switch (type)
        {
            case GgmlType.MXFP4: // half of 2^(e - 127), since the table is doubled; subnormal for the two smallest e
                float power = BitConverter.Int32BitsToSingle(*block < 2 ? 0x00200000 << *block : (*block - 1) << 23);
                return (power, power, 0);
            case GgmlType.Q4_K or GgmlType.Q5_K:
                (int scale, int minimum) = SixBitScales.Bits(block + 4, group);
                return (Half(block) * scale, Half(block) * scale, 0f - Half(block + 2) * minimum);
            case GgmlType.Q6_K:
                sbyte* scales = (sbyte*)block + 192 + 2 * group;
                return (Half(block + 208) * scales[0], Half(block + 208) * scales[1], 0);
            default:
                return (Half(block), Half(block), type is GgmlType.Q4_1 or GgmlType.Q5_1 ? Half(block + 2) : 0);
        }
    }

    private static float Half(byte* source) => (float)*(Half*)source;
}
