namespace Spud.Numerics;

/// <summary>
/// A weight format seen as groups of 32 codes: weight[i] = scale (value of code[i]) + minimum, with one scale or two (one
/// for each half of the group).
/// </summary>
internal unsafe interface IQuantBlock
{
    /// <summary>Weights in a block: 32, or 256 for the K formats.</summary>
    static abstract int Length { get; }

    static abstract int Bytes { get; }

    /// <summary>Whether the halves of a group are scaled one by one: they have scales of their own, or codes above 15.</summary>
    static abstract bool ScalesHalves { get; }

    static abstract bool HasMinimum { get; }

    /// <summary>Code less this is the value; 0 where codes are signed or index <see cref="Table"/>.</summary>
    static abstract int Offset { get; }

    /// <summary>The values of the 16 codes, or empty.</summary>
    static abstract ReadOnlySpan<sbyte> Table { get; }

    /// <summary>Writes the 32 codes of group <paramref name="group"/> of a block.</summary>
    static abstract void ReadCodes(byte* block, int group, byte* codes);

    static abstract void ReadScales(byte* block, int group, out float scale, out float secondScale, out float minimum);
}
