using System.Collections.Immutable;

namespace Spud.Composition;

/// <summary>
/// Memory, in bytes. Private memory is this process's alone (Linux: RssAnon); it is taken as it is touched, so that the sum is reached when a
/// context is full. Mapped memory is the model file's and leaves when others need it.
/// </summary>
public sealed record MemoryExplanation
{
    /// <summary>Weights that components expanded or packed.</summary>
    public required long Components { get; init; }

    /// <summary>What native libraries take for components in addition: an estimate of their authors.</summary>
    public required long Native { get; init; }

    /// <summary>The arena that components share in turn.</summary>
    public required long Arena { get; init; }

    /// <summary>Keys and values, with positions and tables, and what components keep of each sequence in addition.</summary>
    public required long Pages { get; init; }

    /// <summary>Hidden rows, heads, attention state, routing plans.</summary>
    public required long StepBuffers { get; init; }

    /// <summary>One batch: ids, positions and logits.</summary>
    public required long Batch { get; init; }

    /// <summary>The .NET runtime, compiled code and Spud's own objects; see <see cref="RuntimeMemory"/>.</summary>
    public required long Runtime { get; init; }

    /// <summary>The tokenizer's tables.</summary>
    public required long Tokenizer { get; init; }

    /// <summary>Everything above.</summary>
    public required long PrivateBytes { get; init; }

    /// <summary>Memory on devices by domain, what native libraries take there left out.</summary>
    public required ImmutableSortedDictionary<string, long> Devices { get; init; }

    /// <summary>Bytes of the model file that components go on reading, each tensor once.</summary>
    public required long MappedBytes { get; init; }
}
