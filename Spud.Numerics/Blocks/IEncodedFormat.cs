namespace Spud.Numerics.Blocks;

/// <summary>A block format that values can be rounded to.</summary>
public interface IEncodedFormat : IBlockFormat
{
    /// <summary>
    /// Writes the block that GGML's reference quantiser makes of these values. A block with an infinity or a NaN expands to
    /// NaN: an upstream fault must not turn into plausible numbers.
    /// </summary>
    /// <param name="values">[Elements].</param>
    /// <param name="block">[Bytes]; must not overlap <paramref name="values"/>.</param>
    static abstract unsafe void Encode(float* values, byte* block);
}
