namespace Spud.Execution;

/// <summary>A text is longer than the context; nothing was truncated and nothing computed.</summary>
/// <param name="tokens">Length of the text.</param>
/// <param name="contextTokens">Maximum length.</param>
/// <param name="isLowerBound">Whether the length is a lower bound.</param>
/// <param name="reason">The message, if the length is limited by something else than the context; null for the usual one.</param>
public sealed class ContextOverflowException(int tokens, int contextTokens, bool isLowerBound = false, string? reason = null)
    : Exception(reason ?? $"{(isLowerBound ? "At least " : "")}{tokens} tokens are longer than the context of {contextTokens}. Shorten the text or choose a larger context (--ctx).")
{
    /// <summary>Length of the text.</summary>
    public int Tokens => tokens;

    /// <summary>Maximum length.</summary>
    public int ContextTokens => contextTokens;
}
