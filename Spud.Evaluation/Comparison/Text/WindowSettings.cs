namespace Spud.Evaluation.Comparison;

/// <summary>
/// How a text is cut into windows, each read from an empty context. Without a stride as llama-perplexity does it: windows side by side, and
/// the second half of each is scored. With one, windows begin so many tokens apart, and the last so many of each are scored.
/// </summary>
public sealed record WindowSettings
{
    /// <summary>Tokens of a window, at least 4.</summary>
    public int Tokens { get; init; } = 512;

    /// <summary>Tokens from the beginning of a window to that of the next, 1 to <see cref="Tokens"/>; null: as llama-perplexity.</summary>
    public int? Stride { get; init; }

    /// <summary>From one window to the next.</summary>
    public int Step => Stride ?? Tokens;

    /// <summary>The first row whose logits are scored: they predict the token after it.</summary>
    public int FirstRow => Stride is { } stride ? Math.Max(Tokens - stride - 1, 0) : Tokens / 2;

    /// <summary>Tokens that are predicted in a window.</summary>
    public int Scored => Tokens - 1 - FirstRow;

    /// <exception cref="ComparisonException">A number is out of its range.</exception>
    internal void Require()
    {
        if (Tokens < 4)
            throw new ComparisonException($"window: expected at least 4 tokens, got {Tokens}.");
        if (Stride is { } stride && (stride < 1 || stride > Tokens))
            throw new ComparisonException($"stride: expected 1 to the window's {Tokens} tokens, got {stride}.");
    }
}
