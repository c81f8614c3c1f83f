namespace Spud.Numerics.Blocks;

/// <summary>
/// A GGML weight format that stores a fixed number of elements as one block of bytes. Numbers in a block are
/// little-endian and unaligned.
/// </summary>
public interface IBlockFormat
{
    /// <summary>GGML type number of the format.</summary>
    static abstract int Type { get; }

    /// <summary>Elements per block.</summary>
    static abstract int Elements { get; }

    /// <summary>Bytes per block.</summary>
    static abstract int Bytes { get; }

    /// <summary>
    /// Writes the values of one block. Every value is bit-identical to GGML's reference: the product of scale and
    /// code always fits the 24 bits of a float, so that at most one rounding occurs, when an offset is added.
    /// </summary>
    /// <param name="block">[Bytes]; all bit patterns are valid.</param>
    /// <param name="values">[Elements]; must not overlap <paramref name="block"/>.</param>
    static abstract unsafe void Expand(byte* block, float* values);
}
