using System.Collections.Immutable;

namespace Spud;

/// <summary>
/// Rotary embedding of one layer (Su et al., arXiv:2104.09864): pair i turns by <c>position * Base^(-2i / Width) / Factors[i]</c>.
/// </summary>
public sealed class Rope
{
    /// <summary>Pairs are (2i, 2i + 1) if true, (i, i + Width / 2) if not.</summary>
    public required bool Interleaved { get; init; }

    /// <summary>Elements of a head that turn, from the first; even.</summary>
    public required int Width { get; init; }

    /// <summary>Base of the angles.</summary>
    public required float Base { get; init; }

    /// <summary>[Width / 2], or empty for ones; every kind of scaling is resolved into it.</summary>
    public ImmutableArray<float> Factors { get; init; } = [];

    /// <summary>Sine and cosine are multiplied by this (YaRN's attention factor, arXiv:2309.00071).</summary>
    public float Magnitude { get; init; } = 1;
}
