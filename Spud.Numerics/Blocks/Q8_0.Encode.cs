using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

public readonly partial struct Q8_0
{
    // The scale is the largest magnitude / 127, rounded to f16 after the codes are computed with its exact inverse; halves are rounded
    // away from zero. All as in quantize_row_q8_0_ref of ggml-quants.c.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Encode(float* values, byte* block)
    {
        Vector128<float> largest = Vector128.Abs(Vector128.Load(values));
        for (int i = 4; i < 32; i += 4)
        {
            largest = Vector128.Max(largest, Vector128.Abs(Vector128.Load(values + i)));
        }

        float scale = Sixteen.ScaleOf(Sixteen.Largest(largest) / 127, out float inverse);
        *(ushort*)block = F16.FromSingle(scale);
        Round(values, inverse).Store((sbyte*)block + 2);
        Round(values + 16, inverse).Store((sbyte*)block + 18);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<sbyte> Round(float* values, float inverse) => Sixteen.Narrow(
        Round(Vector128.Load(values) * inverse),
        Round(Vector128.Load(values + 4) * inverse),
        Round(Vector128.Load(values + 8) * inverse),
        Round(Vector128.Load(values + 12) * inverse));

    // Adding a half before truncation would be wrong just below one half; the fraction is exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Round(Vector128<float> value)
    {
        Vector128<float> whole = Vector128.Truncate(value);
        Vector128<float> one = Vector128.ConditionalSelect(Vector128.Create(-0f), value, Vector128.Create(1f));
        Vector128<float> away = Vector128.GreaterThanOrEqual(Vector128.Abs(value - whole), Vector128.Create(0.5f));
        return whole + (away & one);
    }
}
