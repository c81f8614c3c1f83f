namespace Spud.Composition;

/// <summary>How some layers keep keys and values.</summary>
public sealed record PagesExplanation
{
    /// <summary>"0-29".</summary>
    public required string Layers { get; init; }

    /// <summary>Number of the pool in each of these layers; most caches have one.</summary>
    public required int Pool { get; init; }

    /// <summary>Whether every KV head has pages of its own.</summary>
    public required bool PerHead { get; init; }

    /// <summary>Keys of a page.</summary>
    public required int PageTokens { get; init; }

    /// <summary>Element type of the keys, "F16".</summary>
    public required string Keys { get; init; }

    /// <summary>Element type of the values.</summary>
    public required string Values { get; init; }

    /// <summary>Pages of each layer.</summary>
    public required int Pages { get; init; }

    /// <summary>Tokens of a sequence that are kept between two steps; where every head has its own pages, of a head on average.</summary>
    public required int TokensAtMost { get; init; }

    /// <summary>The cache may forget keys when a text's length reaches a multiple of this, and no step crosses one; null: it forgets nothing that is seen.</summary>
    public required int? ReviewTokens { get; init; }

    /// <summary>Bytes of one token's keys and values in one layer.</summary>
    public required long BytesPerTokenAndLayer { get; init; }

    /// <summary>Bytes of the pool in all these layers, positions included.</summary>
    public required long TotalBytes { get; init; }
}
