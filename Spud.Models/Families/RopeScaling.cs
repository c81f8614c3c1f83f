using System.Text.Json.Serialization;

namespace Spud.Models.Families;

/// <summary>How angles are scaled, so that a model can read texts longer than those it was trained on.</summary>
public enum RopeScalingKind
{
    /// <summary>No scaling.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Position interpolation (Chen et al., arXiv:2306.15595): every angle is divided by the factor.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary>
    /// A larger base, <c>base * factor^(w / (w - 2))</c> ("NTK-aware"): the fastest pair keeps its angle, the slowest is divided by the factor.
    /// </summary>
    [JsonStringEnumMemberName("ntk")]
    Ntk,

    /// <summary>
    /// YaRN (Peng et al., arXiv:2309.00071): pairs that turn often within the original context keep their angles, those that never complete a turn
    /// are divided by the factor, with a ramp between the two; scores are sharpened.
    /// </summary>
    [JsonStringEnumMemberName("yarn")]
    Yarn,
}

/// <summary>Scaling of rotary position embedding. The model's own is in its file; a pipeline may specify another one.</summary>
public sealed record RopeScaling
{
    /// <summary>The kind.</summary>
    public required RopeScalingKind Kind { get; init; }

    /// <summary>Factor by which the context is extended, above 0.</summary>
    public required float Factor { get; init; }

    /// <summary>Context before scaling, in tokens.</summary>
    public required int OriginalTokens { get; init; }

    /// <summary>YaRN: pairs that turn more often than this within the original context keep their angles.</summary>
    public float BetaFast { get; init; } = 32;

    /// <summary>YaRN: pairs that turn less often than this are divided by the factor.</summary>
    public float BetaSlow { get; init; } = 1;

    /// <summary>Multiplies sines and cosines; null for 1, or with YaRN 1 + 0.1 ln(factor).</summary>
    public float? AttentionFactor { get; init; }

    /// <summary>Context after scaling, in tokens.</summary>
    public int ReachTokens => (int)Math.Min(int.MaxValue, Math.Round(OriginalTokens * (double)Factor));

    /// <summary>Context of a model before its file scaled it, in tokens.</summary>
    /// <exception cref="ModelFileException">The file does not state it.</exception>
    public static int OriginalTokensOf(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string architecture = file.Metadata.RequireString("general.architecture");
        return file.Metadata.TryGetInt($"{architecture}.rope.scaling.original_context_length", out int stated, 1)
            ? stated
            : file.Metadata.RequireInt($"{architecture}.context_length", 1);
    }

    /// <summary>The scaling stated in a model's file.</summary>
    /// <exception cref="ModelFileException">The file's scaling is not understood.</exception>
    public static RopeScaling Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return RopeReader.ScalingOf(file, file.Metadata.RequireString("general.architecture") + ".rope.");
    }
}
