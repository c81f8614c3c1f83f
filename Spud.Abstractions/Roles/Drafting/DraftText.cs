using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A text whose next tokens are to be guessed.</summary>
[Experimental(Experiments.Id)]
public readonly ref struct DraftText
{
    /// <summary>Id of its sequence, below <see cref="Limits.Sequences"/>; later texts use it again.</summary>
    public required int Sequence { get; init; }

    /// <summary>Its ids, at least 1: prompt and answer so far. The last one has not been read by the model yet.</summary>
    public required ReadOnlySpan<int> Ids { get; init; }

    /// <summary>
    /// Number of its first ids that are the same as in the last call for this sequence id, at most the length of either; 0 for a new text. What is behind
    /// them may have changed: texts go back.
    /// </summary>
    public required int Unchanged { get; init; }

    /// <summary>The temperature at which its tokens are drawn; 0: the most likely one is taken.</summary>
    public float Temperature { get; init; }

    /// <summary>
    /// A random number in [0, 1) for each token of the draft, which depends on the request's seed and the token's position alone. A drafter that gives
    /// distributions draws each token with its number.
    /// </summary>
    public ReadOnlySpan<double> Random { get; init; }

    /// <summary>
    /// F32 [C]: the row of the last token that the model has read, after the final norm; it belongs to the last id but one of <see cref="Ids"/>. Empty if the drafter does not
    /// read it (<see cref="DrafterBuild.ReadsHidden"/>), and in the first step after a text was restored without computing it again.
    /// </summary>
    public ReadOnlySpan<float> Hidden { get; init; }

    /// <summary>Cancelled if the request is: a drafter may throw then, and is called again for other texts.</summary>
    public CancellationToken Cancellation { get; init; }
}
