using Spud.Server.Generation;

namespace Spud.Server.Embeddings;

/// <summary>Texts as vectors.</summary>
/// <param name="Data">One entry per text.</param>
/// <param name="Model">The model.</param>
/// <param name="Usage">What they took.</param>
internal sealed record EmbeddingList(EmbeddingEntry[] Data, string Model, EmbeddingUsage Usage)
{
    /// <summary>The kind of object.</summary>
    public string Object => "list";
}

/// <summary>A text as a vector.</summary>
/// <param name="Index">Its place in the request.</param>
/// <param name="Embedding">The vector.</param>
internal sealed record EmbeddingEntry(int Index, EmbeddingVector Embedding)
{
    /// <summary>The kind of object.</summary>
    public string Object => "embedding";
}

/// <summary>What embeddings took.</summary>
/// <param name="PromptTokens">Tokens of all texts.</param>
internal sealed record EmbeddingUsage(int PromptTokens)
{
    /// <summary>The same: nothing is generated.</summary>
    public int TotalTokens => PromptTokens;

    /// <summary>Compute: ours, clients ignore it.</summary>
    public required ComputeUsage Compute { get; init; }
}
