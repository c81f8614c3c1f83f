using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What the host keeps for a component, for each sequence in one layer.</summary>
[Experimental(Experiments.Id)]
public sealed class SequenceStateLayout
{
    /// <summary>Size of the state in bytes, a multiple of 8. 0: only notes are kept, which a cache policy reads at its reviews.</summary>
    public required int Bytes { get; init; }

    /// <summary>Size of a row's note in bytes, a multiple of 8.</summary>
    public required int RowBytes { get; init; }

    /// <summary>Tokens from one border to the next, at least 1.</summary>
    public required int BorderTokens { get; init; }

    /// <summary>Number of rows before each border whose notes are kept, at most <see cref="BorderTokens"/>; null: all.</summary>
    public int? NotedRows { get; init; }
}
