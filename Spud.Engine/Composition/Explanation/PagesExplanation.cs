namespace Spud.Composition;

/// <summary>How a group of layers stores keys and values.</summary>
public sealed record PagesExplanation
{
    /// <summary>"0-29".</summary>
    public required string Layers { get; init; }

    /// <summary>Index of the pool in each of these layers; most caches have one.</summary>
    public required int Pool { get; init; }

    /// <summary>Index of the shard, where a fold decorator distributes keys by their position; null where none does.</summary>
    public int? Shard { get; init; }

    /// <summary>Their memory domain.</summary>
    public required string Domain { get; init; }

    /// <summary>Whether every KV head has its own pages.</summary>
    public required bool PerHead { get; init; }

    /// <summary>Keys per page.</summary>
    public required int PageTokens { get; init; }

    /// <summary>Element type of the keys, "F16".</summary>
    public required string Keys { get; init; }

    /// <summary>Element type of the values.</summary>
    public required string Values { get; init; }

    /// <summary>Pages per layer.</summary>
    public required int Pages { get; init; }

    /// <summary>Maximum tokens of a sequence kept between steps; if every head has its own pages, the average per head.</summary>
    public required int TokensAtMost { get; init; }

    /// <summary>The cache may drop keys when a text's length reaches a multiple of this, and no step crosses one; null if it drops no visible key.</summary>
    public required int? ReviewTokens { get; init; }

    /// <summary>Bytes of one token's keys and values in one layer.</summary>
    public required long BytesPerTokenAndLayer { get; init; }

    /// <summary>Bytes of the pool in all these layers, including positions.</summary>
    public required long TotalBytes { get; init; }
}
