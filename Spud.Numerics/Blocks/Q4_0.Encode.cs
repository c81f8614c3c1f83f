using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

public readonly partial struct Q4_0
{
    // The value of the largest magnitude (the first, if several) gets code 0, so the scale is that value / -8, rounded to f16
    // after the codes are computed with its exact inverse. All as in quantize_row_q4_0_ref of ggml-quants.c.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Encode(float* values, byte* block)
    {
        Vector128<float> most = Vector128.Load(values);
        Vector128<float> least = most;
        for (int i = 4; i < 32; i += 4)
        {
            most = Vector128.Max(most, Vector128.Load(values + i));
            least = Vector128.Min(least, Vector128.Load(values + i));
        }

        float maximum = Sixteen.Largest(most);
        float minimum = -Sixteen.Largest(-least);
        float largest = maximum == -minimum ? First(values, maximum) : maximum < -minimum ? minimum : maximum;
        float scale = Sixteen.ScaleOf((largest + 0f) / -8, out float inverse); // + 0: the reference never has a negative zero here
        *(ushort*)block = F16.FromSingle(scale);
        (Round(values, inverse) | (Round(values + 16, inverse) << 4)).Store(block + 2);
    }

    private static unsafe float First(float* values, float magnitude)
    {
        while (MathF.Abs(*values) != magnitude)
        {
            values++;
        }

        return *values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<byte> Round(float* values, float inverse) => Vector128.Min(
        Sixteen.Narrow(
            Shift(Vector128.Load(values) * inverse),
            Shift(Vector128.Load(values + 4) * inverse),
            Shift(Vector128.Load(values + 8) * inverse),
            Shift(Vector128.Load(values + 12) * inverse)).AsByte(),
        Vector128.Create((byte)15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Shift(Vector128<float> value) => value + Vector128.Create(8.5f);
}
