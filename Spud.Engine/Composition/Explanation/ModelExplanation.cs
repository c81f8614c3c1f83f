using System.Collections.Immutable;

namespace Spud.Composition;

/// <summary>A model's numbers, with the symbols of the contract.</summary>
public sealed record ModelExplanation
{
    /// <summary>Full path of the file; for a split model, of its first part.</summary>
    public required string Path { get; init; }

    /// <summary>The name stated in the file; null if none.</summary>
    public required string? Name { get; init; }

    /// <summary>"llama", "qwen3moe", …</summary>
    public required string Architecture { get; init; }

    /// <summary>Total elements of all tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>Total size of all files.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Bytes by element type, such as "Q4_1".</summary>
    public required ImmutableSortedDictionary<string, long> BytesByType { get; init; }

    /// <summary>L.</summary>
    public required int Layers { get; init; }

    /// <summary>C.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Maximum length of a text, in tokens, for which the model was trained.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Scaling of rotary position embedding; null if none.</summary>
    public RopeExplanation? Rope { get; init; }

    /// <summary>Traits of the head.</summary>
    public required ImmutableSortedDictionary<string, float> Traits { get; init; }

    /// <summary>Layers grouped by shape.</summary>
    public required ImmutableArray<LayerShape> LayerShapes { get; init; }
}

/// <summary>Scaling of rotary position embedding.</summary>
/// <param name="Scaling">"linear", "ntk" or "yarn".</param>
/// <param name="Factor">Factor by which the context is extended.</param>
/// <param name="OriginalTokens">Context before scaling.</param>
/// <param name="ReachTokens">Context after scaling.</param>
/// <param name="From">Where the scaling is stated: "pipeline" or "file".</param>
public sealed record RopeExplanation(string Scaling, float Factor, int OriginalTokens, int ReachTokens, string From);

/// <summary>Layers of the same shape.</summary>
public sealed record LayerShape
{
    /// <summary>"0-29".</summary>
    public required string Layers { get; init; }

    /// <summary>H.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>G.</summary>
    public required int KvHeads { get; init; }

    /// <summary>D.</summary>
    public required int KeyWidth { get; init; }

    /// <summary>Dv.</summary>
    public required int ValueWidth { get; init; }

    /// <summary>E.</summary>
    public required int Experts { get; init; }

    /// <summary>K, as the model was trained.</summary>
    public required int ExpertsUsed { get; init; }

    /// <summary>F.</summary>
    public required int ExpertWidth { get; init; }

    /// <summary>Traits that distinguish them from a plain llama layer.</summary>
    public required ImmutableSortedDictionary<string, float> Traits { get; init; }
}

/// <summary>The largest step.</summary>
/// <param name="Rows">Maximum number of rows per step.</param>
/// <param name="Sequences">Maximum number of concurrent sequences.</param>
/// <param name="ContextTokens">Maximum length of a sequence.</param>
/// <param name="LogitRows">Maximum number of rows per step whose logits are read.</param>
public sealed record LimitsExplanation(int Rows, int Sequences, int ContextTokens, int LogitRows);

/// <summary>A pool of compute threads.</summary>
/// <param name="Name">"managed" is Spud's own; others are those of native libraries.</param>
/// <param name="Threads">Number of threads, including the caller's.</param>
/// <param name="Components">The components that use it.</param>
public sealed record PoolExplanation(string Name, int Threads, ImmutableArray<string> Components);
