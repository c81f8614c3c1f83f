using System.Collections.Immutable;

namespace Spud.Composition;

/// <summary>A model's numbers, with the letters of the contract.</summary>
public sealed record ModelExplanation
{
    /// <summary>Full path of the file; of a split model, of its first part.</summary>
    public required string Path { get; init; }

    /// <summary>What the file calls itself; null: nothing.</summary>
    public required string? Name { get; init; }

    /// <summary>"llama", "qwen3moe", …</summary>
    public required string Architecture { get; init; }

    /// <summary>Elements of all tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>Size of all files.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Bytes by element type, such as "Q4_1".</summary>
    public required ImmutableSortedDictionary<string, long> BytesByType { get; init; }

    /// <summary>L.</summary>
    public required int Layers { get; init; }

    /// <summary>C.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Maximum length of a text, in tokens, that the model was trained for.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>How rotary position embedding is scaled; null: not at all.</summary>
    public RopeExplanation? Rope { get; init; }

    /// <summary>Traits of the head.</summary>
    public required ImmutableSortedDictionary<string, float> Traits { get; init; }

    /// <summary>Layers of one shape together.</summary>
    public required ImmutableArray<LayerShape> LayerShapes { get; init; }
}

/// <summary>Scaling of rotary position embedding.</summary>
/// <param name="Scaling">"linear", "ntk" or "yarn".</param>
/// <param name="Factor">How many times further the model reads.</param>
/// <param name="OriginalTokens">What it read before it was scaled.</param>
/// <param name="ReachTokens">What it reads now.</param>
/// <param name="From">"pipeline" or "file": where the scaling is stated.</param>
public sealed record RopeExplanation(string Scaling, float Factor, int OriginalTokens, int ReachTokens, string From);

/// <summary>Layers that are alike.</summary>
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

    /// <summary>What sets them apart from a plain llama layer.</summary>
    public required ImmutableSortedDictionary<string, float> Traits { get; init; }
}

/// <summary>The largest step.</summary>
/// <param name="Rows">Maximum number of rows of a step.</param>
/// <param name="Sequences">Maximum number of sequences alive at once.</param>
/// <param name="ContextTokens">Longest sequence.</param>
/// <param name="LogitRows">Maximum number of rows of a step whose logits are read.</param>
public sealed record LimitsExplanation(int Rows, int Sequences, int ContextTokens, int LogitRows);

/// <summary>Threads that compute.</summary>
/// <param name="Name">"managed" is Spud's own; others are those of native libraries.</param>
/// <param name="Threads">The calling one included.</param>
/// <param name="Components">The components that use it.</param>
public sealed record PoolExplanation(string Name, int Threads, ImmutableArray<string> Components);
