namespace Spud.Numerics.Blocks;

/// <summary>
/// A weight format of GGML in which a fixed number of elements is stored as one block of bytes. Numbers in a block are
/// little-endian and need no alignment.
/// </summary>
public interface IBlockFormat
{
    /// <summary>GGML's number for the format.</summary>
    static abstract int Type { get; }

    /// <summary>Elements of a block.</summary>
    static abstract int Elements { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>
    /// Writes the values of one block. Every value is what GGML's reference computes, to the last bit: the product of scale and
    /// code always fits the 24 bits of a float, so that at most one rounding, that of adding an offset, takes place.
    /// </summary>
    /// <param name="block">[Bytes]; all bit patterns are valid.</param>
    /// <param name="values">[Elements]; must not overlap <paramref name="block"/>.</param>
    static abstract unsafe void Expand(byte* block, float* values);
}
