using System.Collections.Immutable;

namespace Spud.Models;

/// <summary>One weight of a model.</summary>
public sealed class WeightEntry
{
    /// <summary>Canonical name.</summary>
    public required string Name { get; init; }

    /// <summary>Name in the file.</summary>
    public required string FileName { get; init; }

    /// <summary>Canonical shape, [.., out, in].</summary>
    public required ImmutableArray<int> Shape { get; init; }

    public required ElementType Type { get; init; }

    /// <summary>First byte in the mapped file.</summary>
    public required nint Address { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Allows the mapped pages to be evicted from memory.</summary>
    public required Action Release { get; init; }
}
