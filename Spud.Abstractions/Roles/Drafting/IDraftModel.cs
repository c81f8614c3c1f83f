using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A second model with the same vocabulary, usually a much smaller one, which a drafter asks what follows a text. The host runs it on the pipeline's
/// threads, keeps its keys, bills what it computes to the request, and disposes it.
/// </summary>
[Experimental(Experiments.Id)]
public interface IDraftModel
{
    /// <summary>
    /// Reads a text and the tokens drafted behind it, as far as they differ from what was read of this sequence in the last call, and computes the logits of
    /// what follows.
    /// </summary>
    /// <param name="text">The text to be continued.</param>
    /// <param name="drafted">Tokens behind it.</param>
    /// <returns>F32, one for each token of the vocabulary, at most V; valid until the next call. Empty if the draft has to end here: the context or the request's budget is exhausted.</returns>
    /// <exception cref="OperationCanceledException">The text's <see cref="DraftText.Cancellation"/>.</exception>
    ReadOnlySpan<float> Next(in DraftText text, ReadOnlySpan<int> drafted);
}
