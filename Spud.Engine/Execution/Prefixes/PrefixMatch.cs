namespace Spud.Execution;

/// <summary>A kept text that begins like another one.</summary>
/// <param name="Text">The kept text.</param>
/// <param name="Tokens">Number of its tokens that need not be read again.</param>
/// <param name="Common">Number of tokens that both have in common from the first on; more than <paramref name="Tokens"/> if some of them must be read again.</param>
internal readonly record struct PrefixMatch(KeptText Text, int Tokens, int Common);
