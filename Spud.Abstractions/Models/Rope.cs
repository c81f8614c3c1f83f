using System.Collections.Immutable;

namespace Spud;

/// <summary>
/// Rotary embedding of one layer (Su et al., arXiv:2104.09864): pair i is rotated by <c>position * Base^(-2i / Width) / Factors[i]</c>.
/// </summary>
public sealed class Rope
{
    /// <summary>Whether pairs are (2i, 2i + 1); otherwise they are (i, i + Width / 2).</summary>
    public required bool Interleaved { get; init; }

    /// <summary>Number of elements of a head, from the first, that are rotated; even.</summary>
    public required int Width { get; init; }

    /// <summary>Base of the rotation angles.</summary>
    public required float Base { get; init; }

    /// <summary>[Width / 2]; empty: all are 1. Every kind of RoPE scaling is resolved into these factors.</summary>
    public ImmutableArray<float> Factors { get; init; } = [];

    /// <summary>Multiplies sine and cosine (YaRN's attention factor, arXiv:2309.00071).</summary>
    public float Magnitude { get; init; } = 1;
}
