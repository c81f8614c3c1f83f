using System.Collections.Immutable;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>The text added by one generated token.</summary>
/// <param name="Text">May be empty if the token ends within a character, or if text is held back because a stop string may begin there.</param>
/// <param name="Token">The token; null for held-back text released at the end.</param>
/// <param name="LogProbabilities">The log-probabilities, if requested.</param>
public readonly record struct TextPiece(string Text, int? Token, LogProbabilities? LogProbabilities)
{
    /// <summary>FLOPs since the previous token; for the first token, those of reading the prompt.</summary>
    public long Flops { get; init; }

    /// <summary>[L]: number of experts assigned to the row that produced the token; empty for a dense model, for the first token, or without log-probabilities.</summary>
    public ImmutableArray<int> Experts { get => field.IsDefault ? [] : field; init; }
}
