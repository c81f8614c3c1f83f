namespace Spud.Composition;

/// <summary>How some layers keep keys and values.</summary>
public sealed record PagesExplanation
{
    /// <summary>"0-29".</summary>
    public required string Layers { get; init; }

    /// <summary>Keys of a page.</summary>
    public required int PageTokens { get; init; }

    /// <summary>Element type of the keys, "F16".</summary>
    public required string Keys { get; init; }

    /// <summary>Element type of the values.</summary>
    public required string Values { get; init; }

    /// <summary>Pages of each layer.</summary>
    public required int Pages { get; init; }

    /// <summary>Tokens of a sequence that are kept between two steps.</summary>
    public required int TokensAtMost { get; init; }

    /// <summary>Bytes of one token's keys and values in one layer.</summary>
    public required long BytesPerTokenAndLayer { get; init; }

    /// <summary>Bytes of the pages of all these layers, positions included.</summary>
    public required long TotalBytes { get; init; }
}
