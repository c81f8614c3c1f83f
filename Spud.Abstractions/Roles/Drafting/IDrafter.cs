using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Guesses the next tokens of a text, which the model then verifies in one step of several rows: what it would have generated is kept, the rest is
/// rolled back. It belongs to the loop that runs steps, not to the forward pass. All calls come from the loop's thread, between two steps, and allocate
/// nothing once the drafter has seen a text of that length.
/// </summary>
/// <remarks>
/// The draft of a text depends on the text alone: neither on other sequences, nor on earlier calls for this one. A drafter that throws is not called
/// again, and its requests go on without drafts.
/// </remarks>
[Experimental(Experiments.Id)]
public interface IDrafter : IDisposable
{
    /// <summary>Maximum number of tokens of a draft, 1 to <see cref="Draft.MaxTokensOfAny"/>. Read once, when the pipeline is built.</summary>
    int MaxTokens { get; }

    /// <summary>Guesses the next tokens of a text.</summary>
    /// <param name="text">The text; valid during the call.</param>
    /// <param name="draft">Empty; receives the tokens, in order. It may stay empty.</param>
    void Propose(in DraftText text, Draft draft);
}
