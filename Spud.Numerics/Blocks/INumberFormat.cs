namespace Spud.Numerics.Blocks;

/// <summary>A 16-bit format whose block is one number, converted many at a time.</summary>
internal interface INumberFormat : IBlockFormat
{
    /// <summary>From 16-bit numbers, one in the lower half of each word, to the bits of f32.</summary>
    static abstract TWords Widen<TWords>(TWords numbers) where TWords : struct, IWords<TWords>;

    /// <summary>From the bits of f32 to 16-bit numbers in the lower halves of the words, rounding to nearest, ties to even.</summary>
    static abstract TWords Narrow<TWords>(TWords bits) where TWords : struct, IWords<TWords>;
}
