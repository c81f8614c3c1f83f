namespace Spud.Numerics;

/// <summary>
/// A weight format viewed as groups of 32 codes: weight[i] = scale (value of code[i]) + minimum, with one scale or two (one
/// per half of the group).
/// </summary>
internal unsafe interface IQuantBlock
{
    /// <summary>Weights per block: 32, or 256 for the K formats.</summary>
    static abstract int Length { get; }

    static abstract int Bytes { get; }

    static abstract bool HasMinimum { get; }

    /// <summary>Writes the 32 codes of group <paramref name="group"/> of a block.</summary>
    static abstract void ReadCodes(byte* block, int group, byte* codes);
}
