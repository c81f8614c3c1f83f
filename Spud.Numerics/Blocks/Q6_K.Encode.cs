using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

public readonly partial struct Q6_K
{
    // The scale of each 16 elements is searched for and rounded to 8 bits relative to the largest; then the codes are recomputed. As in
    // quantize_row_q6_K_ref of ggml-quants.c.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Encode(float* values, byte* block)
    {
        new Span<byte>(block, Bytes).Clear();
        if (Sixteen.HasFault(values, Elements))
        {
            *(ushort*)(block + 208) = F16.FromSingle(float.NaN);
            return;
        }

        byte* codes = stackalloc byte[256];
        float* scales = stackalloc float[16];
        float largest = 0;
        for (int group = 0; group < 16; group++)
        {
            scales[group] = BlockSearch.Symmetric(values + 16 * group, 16, 32, codes + 16 * group);
            largest = MathF.Abs(scales[group]) > MathF.Abs(largest) ? scales[group] : largest;
        }

        if (MathF.Abs(largest) < 1e-15f)
            return;

        float inverse = -128 / largest;
        *(ushort*)(block + 208) = F16.FromSingle(1 / inverse);
        for (int group = 0; group < 16; group++)
        {
            var rounded = (sbyte)Math.Min(127, BlockSearch.Nearest(inverse * scales[group]));
            block[192 + group] = (byte)rounded;
            float scale = Codes.Scale(block + 208) * rounded;
            for (int i = 16 * group; scale != 0 && i < 16 * group + 16; i++)
                codes[i] = (byte)(32 + Math.Clamp(BlockSearch.Nearest(values[i] / scale), -32, 31));
        }

        Pack(codes, block);
    }

    private static unsafe void Pack(byte* codes, byte* block)
    {
        for (int half = 0; half < 2; half++, codes += 128)
        {
            byte* low = block + half * 64, high = block + 128 + half * 32;
            for (int i = 0; i < 32; i++)
            {
                byte a = codes[i], b = codes[i + 32], c = codes[i + 64], d = codes[i + 96];
                low[i] = (byte)((a & 0xF) | ((c & 0xF) << 4));
                low[i + 32] = (byte)((b & 0xF) | ((d & 0xF) << 4));
                high[i] = (byte)((a >> 4) | ((b >> 4) << 2) | ((c >> 4) << 4) | ((d >> 4) << 6));
            }
        }
    }
}
