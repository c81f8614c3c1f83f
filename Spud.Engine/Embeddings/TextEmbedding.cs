using Spud.Metering;

namespace Spud.Embeddings;

/// <summary>A text as a vector.</summary>
/// <param name="Values">[C], of length 1: the dot product of two of them is their cosine similarity.</param>
/// <param name="Tokens">Length of the text.</param>
public sealed record TextEmbedding(ReadOnlyMemory<float> Values, int Tokens)
{
    /// <summary>Cost of the text.</summary>
    public required Ledger Ledger { get; init; }
}
