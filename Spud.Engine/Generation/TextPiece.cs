using System.Collections.Immutable;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>What one generated token adds to the text.</summary>
/// <param name="Text">May be empty: half a character, or held back because a stop string may begin there.</param>
/// <param name="Token">The token; null for text that was held back and is let go at the end.</param>
/// <param name="LogProbabilities">If asked for.</param>
public readonly record struct TextPiece(string Text, int? Token, LogProbabilities? LogProbabilities)
{
    /// <summary>FLOPs since the token before; of the first token, those of reading the prompt.</summary>
    public long Flops { get; init; }

    /// <summary>[L]: experts that the row was given from which the token came; empty for a dense model, the first token, or without log-probabilities.</summary>
    public ImmutableArray<int> Experts { get => field.IsDefault ? [] : field; init; }
}
