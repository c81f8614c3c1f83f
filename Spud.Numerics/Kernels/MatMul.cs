using Spud.Numerics.Blocks;

namespace Spud.Numerics;

/// <summary>
/// Products of activations with weights as stored in a GGUF file, [outputs, k] row-major in blocks of a GGML type.
/// y[t, o] = sum over i of x[t, i] w[o, i]. Single-threaded: callers split the outputs into parts.
/// </summary>
/// <remarks>
/// A result depends neither on the parts nor on the number of rows: 1 row and 64 rows give the same bits.
/// y overlaps no operand; scratch is provided by the caller, one per thread.
/// </remarks>
public static unsafe class MatMul
{
    /// <summary>Rows of weights expanded at a time: a multiple of the outputs that <see cref="MatMulF32"/> takes at once.</summary>
    private const int TileOutputs = 12;

    /// <summary>Number of rows from which it pays to expand 16-bit weights to memory instead of registers.</summary>
    private const int FewRows = 4;

    /// <summary>Whether <see cref="PackedMatMul"/> supports the type.</summary>
    public static bool TakesQ8(int type) => type
        is GgmlType.Q4_0 or GgmlType.Q4_1 or GgmlType.Q5_0 or GgmlType.Q5_1 or GgmlType.Q8_0
        or GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.IQ4_NL or GgmlType.MXFP4;

    /// <summary>Bytes of scratch, 64-byte aligned, for <see cref="F32Activations"/>.</summary>
    public static long F32ScratchBytes(int type, int k) => type == GgmlType.F32 ? 0 : (long)TileOutputs * k * sizeof(float);

    /// <summary>Any type with exact activations x [rows, k] at xStride: weights are expanded a tile of rows at a time.</summary>
    public static void F32Activations(int type, byte* weights, float* x, nint xStride, in MatMulPart part, byte* scratch)
    {
        int end = part.FirstOutput + part.Outputs;
        if (type == GgmlType.F32)
        {
            MatMulF32.Run(
                x, xStride, (float*)weights + (nint)part.FirstOutput * part.K, part.K,
                part.Y + part.FirstOutput, part.YStride, part.Rows, part.Outputs, part.K);
            return;
        }

        ushort* halves = (ushort*)weights + (nint)part.FirstOutput * part.K;
        if (part.Rows < FewRows && type == GgmlType.F16)
        {
            HalfProducts.Run(x, xStride, halves, part, (float*)scratch);
            return;
        }

        if (part.Rows < FewRows && type == GgmlType.BF16)
        {
            MatMulF32.FewRows<BrainElements, ushort>(
                x, xStride, halves, part.K, part.Y + part.FirstOutput, part.YStride, part.Rows, part.Outputs, part.K);
            return;
        }

        BlockFormat format = BlockFormat.Of(type);
        long rowBlocks = part.K / format.Elements;
        for (int o = part.FirstOutput; o < end; o += TileOutputs)
        {
            int count = Math.Min(TileOutputs, end - o);
            format.Expand(weights + o * rowBlocks * format.Bytes, (float*)scratch, count * rowBlocks);
            MatMulF32.Run(x, xStride, (float*)scratch, part.K, part.Y + o, part.YStride, part.Rows, count, part.K);
        }
    }
}
