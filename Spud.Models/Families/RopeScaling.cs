using System.Text.Json.Serialization;

namespace Spud.Models.Families;

/// <summary>How angles are scaled, so that a model reads texts that are longer than those it was trained on.</summary>
public enum RopeScalingKind
{
    /// <summary>Not at all.</summary>
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
    /// YaRN (Peng et al., arXiv:2309.00071): pairs that turn often within the original context keep their angles, those that never turn once
    /// are divided by the factor, with a ramp between the two; scores are sharpened.
    /// </summary>
    [JsonStringEnumMemberName("yarn")]
    Yarn,
}

/// <summary>Scaling of rotary position embedding. The model's own is in its file; a pipeline may name another one.</summary>
public sealed record RopeScaling
{
    /// <summary>The kind.</summary>
    public required RopeScalingKind Kind { get; init; }

    /// <summary>How many times further the model reads, above 0.</summary>
    public required float Factor { get; init; }

    /// <summary>Tokens of the context that the model had before it was scaled.</summary>
    public required int OriginalTokens { get; init; }

    /// <summary>YaRN: pairs that turn more often than this within the original context keep their angles.</summary>
    public float BetaFast { get; init; } = 32;

    /// <summary>YaRN: pairs that turn less often than this are divided by the factor.</summary>
    public float BetaSlow { get; init; } = 1;

    /// <summary>Multiplies sines and cosines; null: 1, and with YaRN 1 + 0.1 ln(factor).</summary>
    public float? AttentionFactor { get; init; }

    /// <summary>Tokens that the model reads with it.</summary>
    public int ReachTokens => (int)Math.Min(int.MaxValue, Math.Round(OriginalTokens * (double)Factor));

    /// <summary>Tokens of the context that a model had before its file scaled it.</summary>
    /// <exception cref="ModelFileException">The file does not say.</exception>
    public static int OriginalTokensOf(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string architecture = file.Metadata.RequireString("general.architecture");
        return file.Metadata.TryGetInt($"{architecture}.rope.scaling.original_context_length", out int stated, 1)
            ? stated
            : file.Metadata.RequireInt($"{architecture}.context_length", 1);
    }

    /// <summary>What a model's file says.</summary>
    /// <exception cref="ModelFileException">It says what is not understood.</exception>
    public static RopeScaling Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return RopeReader.ScalingOf(file, file.Metadata.RequireString("general.architecture") + ".rope.");
    }
}
