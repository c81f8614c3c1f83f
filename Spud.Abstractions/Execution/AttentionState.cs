namespace Spud;

/// <summary>
/// The mergeable state of an online softmax (Milakov and Gimelshein, arXiv:1805.02867). Where Sum is 0 the entry is empty and its Max
/// and Accumulator are undefined; the host starts every layer with Sum = 0.
/// </summary>
public readonly struct AttentionState
{
    /// <summary>F32 [T, H]: largest score.</summary>
    public required TensorView Max { get; init; }

    /// <summary>F32 [T, H]: sum of exp(score - Max); 0 for an empty entry, otherwise at least 1.</summary>
    public required TensorView Sum { get; init; }

    /// <summary>F32 [T, H, Dv]: sum of exp(score - Max) * value.</summary>
    public required TensorView Accumulator { get; init; }

    /// <summary>
    /// Merges one entry into another, in host memory: m = max(m1, m2); sum = s1 e^(m1 - m) + s2 e^(m2 - m); the accumulator likewise.
    /// Every kernel is tested against this definition.
    /// </summary>
    /// <param name="max">Max of the entry that is merged.</param>
    /// <param name="sum">Its Sum; 0 if it is empty.</param>
    /// <param name="accumulator">Its Accumulator [Dv].</param>
    /// <param name="intoMax">Max of the entry that changes.</param>
    /// <param name="intoSum">Its Sum.</param>
    /// <param name="intoAccumulator">Its Accumulator [Dv].</param>
    public static void Merge(
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
        for (int i = 0; i < intoAccumulator.Length; i++)
            intoAccumulator[i] = keep * intoAccumulator[i] + add * accumulator[i];
    }
}
