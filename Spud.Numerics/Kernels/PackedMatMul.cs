using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>
/// y[t, o] = sum over i of x[t, i] w[o, i] for weights packed by <see cref="PackedWeights"/> and activations rounded to
/// 8 bits. Single-threaded: callers split the outputs into parts at multiples of 32.
/// </summary>
/// <remarks>
/// Lanes are outputs: a quad of one row of x is broadcast and multiplied by the same quad of all lanes. Integer sums over
/// groups of 32, or over its halves, are exact; then, in order of k, y += sum (scale scale_x) and y += minimum (scale_x sum_x):
/// the same bits for any number of rows, any parts and any vector width. y overlaps no operand.
/// </remarks>
public static unsafe class PackedMatMul
{
    /// <summary>The part's first output is a multiple of 32; its end is too, or is the end of the matrix.</summary>
    public static void Run(int type, byte* packed, in Q8Rows x, in MatMulPart part)
    {
        if (part.FirstOutput % PackedWeights.TileOutputs != 0)
        {
            throw new ArgumentException(
                $"Packed product: expected a first output that is a multiple of {PackedWeights.TileOutputs}, got {part.FirstOutput}.", nameof(part));
        }

        switch (type)
        {
            case GgmlType.Q4_0: Dispatch<PackedQ4_0>(packed, x, part); break;
            case GgmlType.Q4_1: Dispatch<PackedQ4_1>(packed, x, part); break;
            case GgmlType.Q5_0: Dispatch<PackedQ5_0>(packed, x, part); break;
            case GgmlType.Q5_1: Dispatch<PackedQ5_1>(packed, x, part); break;
            case GgmlType.Q8_0: Dispatch<PackedQ8_0>(packed, x, part); break;
            case GgmlType.Q4_K: Dispatch<PackedQ4_K>(packed, x, part); break;
            case GgmlType.Q5_K: Dispatch<PackedQ5_K>(packed, x, part); break;
            case GgmlType.Q6_K: Dispatch<PackedQ6_K>(packed, x, part); break;
            case GgmlType.IQ4_NL: Dispatch<PackedIQ4_NL>(packed, x, part); break;
            case GgmlType.MXFP4: Dispatch<PackedMXFP4>(packed, x, part); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "GGML type without a packed layout.");
        }
    }

    private static void Dispatch<TFormat>(byte* packed, in Q8Rows x, in MatMulPart part) where TFormat : struct, IPackedFormat
    {
        if (Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
        {
            Run<Bytes16, Lanes16, TFormat>(packed, x, part);
        }
        else if (AvxVnni.IsSupported)
        {
            Run<Bytes8Vnni, Lanes8, TFormat>(packed, x, part);
        }
        else if (Avx2.IsSupported)
        {
            Run<Bytes8, Lanes8, TFormat>(packed, x, part);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Run<Bytes4, Lanes4, TFormat>(packed, x, part);
        }
        else
        {
            Run<Bytes1, Lanes1, TFormat>(packed, x, part);
        }
    }

    private static void Run<TBytes, TFloat, TFormat>(byte* packed, in Q8Rows x, in MatMulPart part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
        where TFormat : struct, IPackedFormat
    {
        long tileBytes = PackedWeights.TileBytes<TFormat>(part.K);
        float* sums = stackalloc float[4 * PackedTile.SumStride];
        int end = part.FirstOutput + part.Outputs;
        for (int o = part.FirstOutput; o < end; o += PackedWeights.TileOutputs)
        {
            byte* tile = packed + o / PackedWeights.TileOutputs * tileBytes;
            int outputs = Math.Min(PackedWeights.TileOutputs, end - o);
            for (int t = 0; t < part.Rows;)
            {
                int rows = Rows<TBytes, TFloat, TFormat>(tile, x, t, part.Rows - t, sums);
                for (int row = 0; row < rows; row++, t++)
                {
                    new ReadOnlySpan<float>(sums + row * PackedTile.SumStride, outputs)
                        .CopyTo(new Span<float>(part.Y + t * part.YStride + o, outputs));
                }
            }
        }
    }

    /// <summary>Computes all 32 outputs for as many rows as one body takes; returns their number.</summary>
    private static int Rows<TBytes, TFloat, TFormat>(byte* tile, in Q8Rows x, int row, int left, float* sums)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>
        where TFormat : struct, IPackedFormat
    {
        // Five are three and two: a body costs less by row, the more rows it has.
        if (left is 4 or >= 7)
        {
            PackedTile.Run<TBytes, TFloat, TFormat, FourRows>(tile, x, row, sums);
            return 4;
        }

        if (left >= 3)
        {
            PackedTile.Run<TBytes, TFloat, TFormat, ThreeRows>(tile, x, row, sums);
            return 3;
        }

        if (left >= 2)
        {
            PackedTile.Run<TBytes, TFloat, TFormat, TwoRows>(tile, x, row, sums);
            return 2;
        }

        PackedTile.Run<TBytes, TFloat, TFormat, OneRow>(tile, x, row, sums);
        return 1;
    }
}
