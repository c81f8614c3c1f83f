using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

public readonly partial struct Q4_1
{
    // The minimum gets code 0 and the maximum code 15; both scale and minimum are rounded to f16 after the codes are computed. As in
    // quantize_row_q4_1_ref of ggml-quants.c.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Encode(float* values, byte* block)
    {
        float minimum = values[0], maximum = values[0];
        bool isFinite = float.IsFinite(values[0]);
        for (int i = 1; i < 32; i++)
        {
            minimum = values[i] < minimum ? values[i] : minimum;
            maximum = values[i] > maximum ? values[i] : maximum;
            isFinite &= float.IsFinite(values[i]);
        }

        float scale = Sixteen.ScaleOf(isFinite ? (maximum - minimum) / 15 : float.NaN, out float inverse);
        *(ushort*)block = F16.FromSingle(scale);
        *(ushort*)(block + 2) = F16.FromSingle(minimum);
        for (int i = 0; i < 16; i++)
            block[4 + i] = (byte)(Code(values[i]) | (Code(values[16 + i]) << 4));

        int Code(float value) => Math.Min(15, (int)((value - minimum) * inverse + 0.5f));
    }
}
