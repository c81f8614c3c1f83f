using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Spud.Composition;

/// <summary>
/// Memory, in bytes. Private memory belongs to this process alone (Linux: RssAnon); it is committed when touched, so the sum is reached when a
/// context is full. Mapped memory belongs to the model file and can be evicted.
/// </summary>
public sealed record MemoryExplanation
{
    /// <summary>Weights that components expanded or packed.</summary>
    public required long Components { get; init; }

    /// <summary>Additional memory used by native libraries for components, as estimated by their authors.</summary>
    public required long Native { get; init; }

    /// <summary>The arena that components use in turn.</summary>
    public required long Arena { get; init; }

    /// <summary>Keys and values, with positions and tables, and additional per-sequence state of components.</summary>
    public required long Pages { get; init; }

    /// <summary>Hidden rows, heads, attention state, routing plans.</summary>
    public required long StepBuffers { get; init; }

    /// <summary>One batch: ids, positions and logits.</summary>
    public required long Batch { get; init; }

    /// <summary>The .NET runtime, compiled code and Spud's own objects; see <see cref="RuntimeMemory"/>.</summary>
    public required long Runtime { get; init; }

    /// <summary>The tokenizer's tables.</summary>
    public required long Tokenizer { get; init; }

    /// <summary>Everything that a drafter and its model use; 0 without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Drafter { get; init; }

    /// <summary>A depth policy's own memory; 0 without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Depth { get; init; }

    /// <summary>Everything above.</summary>
    public required long PrivateBytes { get; init; }

    /// <summary>Device memory by domain, excluding what native libraries use there.</summary>
    public required ImmutableSortedDictionary<string, long> Devices { get; init; }

    /// <summary>What one more pipeline takes in a process that has others: private memory without the runtime's, and what is mapped.</summary>
    [JsonIgnore]
    public long PipelineBytes => PrivateBytes - Runtime + MappedBytes;

    /// <summary>Bytes of the model file that components keep reading, counting each tensor once.</summary>
    public required long MappedBytes { get; init; }
}
