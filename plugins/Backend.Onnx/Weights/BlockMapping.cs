using System.Buffers.Binary;
using Spud;

namespace Backend.Onnx.Weights;

/// <summary>
/// GGML formats whose blocks map to MatMulNBits blocks: codes with one scale and a fixed zero point. Formats with a minimum (Q4_1, Q4_K
/// etc.) do not: they would need a fractional zero point, for which ONNX Runtime's CPU provider expands the matrix at every run.
/// </summary>
/// <param name="Elements">Elements per block.</param>
/// <param name="Bits">Bits per code, 4 or 8.</param>
internal readonly record struct BlockMapping(int Elements, int Bits)
{
    /// <summary>The code for zero: MatMulNBits' default zero point.</summary>
    public int ZeroPoint => 1 << (Bits - 1);

    /// <summary>The mapping of a type, if there is a suitable one.</summary>
    /// <param name="type">GGML type number.</param>
    /// <param name="activations">With exact activations ONNX Runtime is fast only with 4 bits: it would expand an 8-bit matrix at every run.</param>
    public static BlockMapping? Of(ElementType type, ActivationPrecision activations) => type switch
    {
        ElementType.Q4_0 => new(32, 4),
        _ when activations == ActivationPrecision.F32 => null,
        ElementType.Q8_0 or ElementType.Q5_0 or ElementType.IQ4_NL => new(32, 8),
        ElementType.Q6_K or ElementType.Q3_K => new(16, 8),
        _ => null,
    };

    /// <summary>Maps rows. A code is the value divided by its scale, which is an integer in all these formats.</summary>
    /// <param name="type">GGML type number.</param>
    /// <param name="bytes">Whole blocks.</param>
    /// <param name="values">The same blocks, expanded.</param>
    /// <param name="codes">Written: 4 bits with the first element in the low half, or 8.</param>
    /// <param name="scales">Written.</param>
    public void Map(ElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<float> values, Span<byte> codes, Span<float> scales)
    {
        int size = type.BlockBytes, perBlock = type.BlockElements / Elements;
        for (int block = 0; block < bytes.Length / size; block++)
            ScalesOf(type, bytes.Slice(block * size, size), scales.Slice(block * perBlock, perBlock));

        for (int i = 0; i < values.Length; i++)
        {
            float scale = scales[i / Elements];
            int code = (scale == 0 ? 0 : (int)MathF.Round(values[i] / scale)) + ZeroPoint;
            if (Bits == 8)
                codes[i] = (byte)code;
            else
                codes[i / 2] = (byte)((i & 1) == 0 ? code : codes[i / 2] | code << 4);
        }
    }

    private static void ScalesOf(ElementType type, ReadOnlySpan<byte> block, Span<float> scales)
    {
        switch (type)
        {
            case ElementType.Q6_K:
                float unit = Half(block[208..]);
                for (int i = 0; i < scales.Length; i++)
                    scales[i] = unit * (sbyte)block[192 + i];
                break;
            case ElementType.Q3_K:
                ThreeBitScales(block, scales);
                break;
            default:
                scales[0] = Half(block);
                break;
        }
    }

    // 16 scales of 6 bits in 12 bytes: the low halves first, then the two high bits of four scales per byte (ggml's block_q3_K).
    private static void ThreeBitScales(ReadOnlySpan<byte> block, Span<float> scales)
    {
        ReadOnlySpan<byte> packed = block.Slice(96, 12);
        float unit = Half(block[108..]);
        for (int i = 0; i < scales.Length; i++)
        {
            int low = i < 8 ? packed[i] & 15 : packed[i - 8] >> 4;
            int high = packed[8 + i % 4] >> (2 * (i / 4)) & 3;
            scales[i] = unit * ((low | high << 4) - 32);
        }
    }

    private static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
