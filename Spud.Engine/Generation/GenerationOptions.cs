using Spud.Metering;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>How a text is continued, and how far.</summary>
public sealed class GenerationOptions
{
    /// <summary>Maximum number of tokens, at least 1; null: until the model ends or the context is full.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>How each token is chosen.</summary>
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>What it may cost at most; null: what the pipeline says. <see cref="MaxTokens"/> are what is left is steered for.</summary>
    public Budget? Budget { get; set; }

    /// <summary>How much compute it is worth, 0 .. 1; null: what the pipeline says.</summary>
    public float? Effort { get; set; }

    /// <summary>Texts that end the generation and are not part of it; none empty.</summary>
    public IReadOnlyList<string> StopStrings { get; set; } = [];

    /// <summary>Tokens that end the generation, in addition to the model's own end-of-generation tokens.</summary>
    public IReadOnlyList<int> StopTokens { get; set; } = [];

    /// <summary>Goes on where the model would end.</summary>
    public bool IgnoreEndOfGeneration { get; set; }
}
