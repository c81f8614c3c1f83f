using Spud;

namespace Backend.Onnx.Kernels;

/// <summary><see cref="AttentionState.Merge"/> in vectors: m = max(m1, m2), sums and accumulators scaled by e^(m1 - m) and e^(m2 - m).</summary>
internal static class StateMerge
{
    public static void Run(
        float max, float sum, ReadOnlySpan<float> accumulator, ref float intoMax, ref float intoSum, Span<float> intoAccumulator)
    {
        if (sum == 0)
            return;
        if (intoSum == 0)
        {
            // An empty accumulator may hold NaN: it is replaced, never multiplied.
            (intoMax, intoSum) = (max, sum);
            accumulator.CopyTo(intoAccumulator);
            return;
        }

        float top = MathF.Max(max, intoMax);
        float keep = MathF.Exp(intoMax - top), add = MathF.Exp(max - top);
        (intoMax, intoSum) = (top, keep * intoSum + add * sum);
        Vectors.Scale(keep, intoAccumulator, intoAccumulator);
        Vectors.AddScaled(add, accumulator, intoAccumulator);
    }
}
