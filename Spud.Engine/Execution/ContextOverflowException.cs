namespace Spud.Execution;

/// <summary>A text is longer than the context; nothing was cut and nothing computed.</summary>
/// <param name="tokens">How long it is.</param>
/// <param name="contextTokens">How long it may be.</param>
/// <param name="isLowerBound">Whether it is at least so long.</param>
public sealed class ContextOverflowException(int tokens, int contextTokens, bool isLowerBound = false)
    : Exception($"{(isLowerBound ? "At least " : "")}{tokens} tokens are longer than the context of {contextTokens}. Shorten the text or choose a larger context (--ctx).")
{
    /// <summary>How long the text is.</summary>
    public int Tokens => tokens;

    /// <summary>How long it may be.</summary>
    public int ContextTokens => contextTokens;
}
