namespace Spud.Numerics;

/// <summary>
/// Merges two states of an online softmax over the same rows: m = max(m1, m2), sums and accumulators scaled by e^(m1 - m) and
/// e^(m2 - m). A state whose sum is 0 is empty: its accumulator, which may contain NaN, is never multiplied.
/// </summary>
public static unsafe class StateMerge
{
    /// <summary>Merges one state into another.</summary>
    public static void Run(
        float max, float sum, ReadOnlySpan<float> accumulator, ref float intoMax, ref float intoSum, Span<float> intoAccumulator)
    {
        if (sum == 0)
            return;
        if (intoSum == 0)
        {
            (intoMax, intoSum) = (max, sum);
            accumulator.CopyTo(intoAccumulator);
            return;
        }

        float top = MathF.Max(max, intoMax);
        float keep = MathF.Exp(intoMax - top), add = MathF.Exp(max - top);
        (intoMax, intoSum) = (top, keep * intoSum + add * sum);
        fixed (float* from = accumulator, into = intoAccumulator)
        {
            Scale.Run(keep, into, into, intoAccumulator.Length);
            AddScaled.Run(add, from, into, accumulator.Length);
        }
    }
}
