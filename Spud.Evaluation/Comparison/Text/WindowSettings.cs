namespace Spud.Evaluation.Comparison;

/// <summary>
/// How a text is cut into windows, each read from an empty context. Without a stride, as in llama-perplexity, windows are adjacent and the
/// second half of each is scored. With a stride, windows begin that many tokens apart, and the last that many of each are scored. With a first
/// position, adjacent windows are scored from there on, which measures prediction far into a long text.
/// </summary>
public sealed record WindowSettings
{
    /// <summary>Tokens of a window, at least 4.</summary>
    public int Tokens { get; init; } = 512;

    /// <summary>Tokens from the beginning of a window to that of the next, 1 to <see cref="Tokens"/>; null for the scheme of llama-perplexity.</summary>
    public int? Stride { get; init; }

    /// <summary>Position in a window of the first token that is predicted and scored, at least 1; null if given by the stride.</summary>
    public int? From { get; init; }

    /// <summary>Positions per bucket if perplexity is reported by position; null if it is not.</summary>
    public int? BucketTokens { get; init; }

    /// <summary>Tokens from one window to the next.</summary>
    public int Step => Stride ?? Tokens;

    /// <summary>The first row whose logits are scored: they predict the token after it.</summary>
    public int FirstRow => From is { } from ? from - 1 : Stride is { } stride ? Math.Max(Tokens - stride - 1, 0) : Tokens / 2;

    /// <summary>Tokens that are predicted in a window.</summary>
    public int Scored => Tokens - 1 - FirstRow;

    /// <summary>Buckets per window; 0 if perplexity is not reported by position.</summary>
    internal int Buckets => BucketTokens is { } bucket ? (Scored + bucket - 1) / bucket : 0;

    /// <exception cref="ComparisonException">A number is out of range.</exception>
    internal void Require()
    {
        if (Tokens < 4)
            throw new ComparisonException($"window: expected at least 4 tokens, got {Tokens}.");
        if (Stride is { } stride && (stride < 1 || stride > Tokens))
            throw new ComparisonException($"stride: expected 1 to the window's {Tokens} tokens, got {stride}.");
        if (From is { } from && (from < 1 || from >= Tokens))
            throw new ComparisonException($"from: expected a position of 1 to {Tokens - 1} in a window of {Tokens} tokens, got {from}.");
        if (From is not null && Stride is not null)
            throw new ComparisonException("from and stride both say which tokens of a window are scored. Use one.");
        if (BucketTokens < 1)
            throw new ComparisonException($"bucket: expected at least 1 position, got {BucketTokens}.");
    }
}
