using System.Text.Json.Serialization;
namespace Spud.Evaluation.Comparison;

/// <summary>What a comparison measures.</summary>
public sealed record ComparisonSettings
{
    /// <summary>How texts are cut.</summary>
    public WindowSettings Window { get; init; } = new();

    /// <summary>Whether the text of a control token is that token. In questions it is always text.</summary>
    public bool ParseSpecial { get; init; }

    /// <summary>Maximum number of windows per text; null for all.</summary>
    public int? MaxWindows { get; init; }

    /// <summary>How intervals are drawn.</summary>
    public BootstrapSettings Bootstrap { get; init; } = new();

    /// <summary>How speed is measured; null to skip it.</summary>
    public SpeedSettings? Speed { get; init; } = new();

    /// <summary>Maximum upper end of the perplexity ratio's interval for a pipeline to count as good as the first.</summary>
    public double ParityRatio { get; init; } = 1.01;

    /// <summary>Length of the longest sequence for texts and speed.</summary>
    public int ContextTokens => Math.Max(Window.Tokens, Speed is { } speed ? speed.Prompt + speed.Generate : 0);
}

/// <summary>How speed is measured, in tokens.</summary>
public sealed record SpeedSettings
{
    /// <summary>Tokens that prefill reads, at least 1.</summary>
    [JsonPropertyName("promptTokens")]
    public int Prompt { get; init; } = 256;

    /// <summary>Steps of decode after them, at least 1.</summary>
    [JsonPropertyName("generatedTokens")]
    public int Generate { get; init; } = 32;

    /// <summary>Measurements of every pipeline, interleaved, after one that does not count; at least 1.</summary>
    public int Repeats { get; init; } = 5;
}
