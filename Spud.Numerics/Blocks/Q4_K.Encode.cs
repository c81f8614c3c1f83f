using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

public readonly partial struct Q4_K
{
    // Scale and minimum of each 32 elements are searched for and rounded to 6 bits relative to the largest; then the codes are recomputed. As
    // in quantize_row_q4_K_ref of ggml-quants.c.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Encode(float* values, byte* block)
    {
        new Span<byte>(block, Bytes).Clear();
        if (Sixteen.HasFault(values, Elements))
        {
            *(ushort*)block = F16.FromSingle(float.NaN);
            return;
        }

        byte* codes = stackalloc byte[256];
        float* scales = stackalloc float[8], minima = stackalloc float[8];
        float largestScale = 0, largestMinimum = 0;
        for (int group = 0; group < 8; group++)
        {
            scales[group] = BlockSearch.WithMinimum(values + 32 * group, codes + 32 * group, out minima[group]);
            largestScale = scales[group] > largestScale ? scales[group] : largestScale;
            largestMinimum = minima[group] > largestMinimum ? minima[group] : largestMinimum;
        }

        PackScales(scales, largestScale > 0 ? 63 / largestScale : 0, minima, largestMinimum > 0 ? 63 / largestMinimum : 0, block + 4);
        *(ushort*)block = F16.FromSingle(largestScale / 63);
        *(ushort*)(block + 2) = F16.FromSingle(largestMinimum / 63);
        Round(values, block, codes);
        for (int i = 0; i < 128; i++)
        {
            int low = i / 32 * 64 + i % 32;
            block[16 + i] = (byte)(codes[low] | (codes[low + 32] << 4));
        }
    }

    private static unsafe void PackScales(float* scales, float inverseScale, float* minima, float inverseMinimum, byte* packed)
    {
        for (int group = 0; group < 8; group++)
        {
            int scale = Math.Min(63, BlockSearch.Nearest(inverseScale * scales[group])), minimum = Math.Min(63, BlockSearch.Nearest(inverseMinimum * minima[group]));
            if (group < 4)
            {
                (packed[group], packed[group + 4]) = ((byte)scale, (byte)minimum);
                continue;
            }

            packed[group + 4] = (byte)((scale & 0xF) | ((minimum & 0xF) << 4));
            packed[group - 4] |= (byte)((scale >> 4) << 6);
            packed[group] |= (byte)((minimum >> 4) << 6);
        }
    }

    // If a scale became 0, the codes found by the search are kept.
    private static unsafe void Round(float* values, byte* block, byte* codes)
    {
        KScales rounded = new(block + 4);
        for (int group = 0; group < 8; group++)
        {
            float scale = Codes.Scale(block) * rounded.Scale(group), minimum = Codes.Scale(block + 2) * rounded.Minimum(group);
            for (int i = 32 * group; scale != 0 && i < 32 * group + 32; i++)
                codes[i] = (byte)Math.Clamp(BlockSearch.Nearest((values[i] + minimum) / scale), 0, 15);
        }
    }
}
