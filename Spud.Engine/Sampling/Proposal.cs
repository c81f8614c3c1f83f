namespace Spud.Sampling;

/// <summary>A token that a drafter drew from a distribution of its own; without a distribution, nothing is known of how it came about.</summary>
/// <param name="token">Its id.</param>
/// <param name="choices">The ids that had a probability, ascending.</param>
/// <param name="probabilities">Of each of them.</param>
public readonly ref struct Proposal(int token, ReadOnlySpan<int> choices, ReadOnlySpan<float> probabilities)
{
    /// <summary>Its id.</summary>
    public int Token => token;

    /// <summary>The ids that had a probability, ascending.</summary>
    public ReadOnlySpan<int> Choices { get; } = choices;

    /// <summary>Of each of them.</summary>
    public ReadOnlySpan<float> Probabilities { get; } = probabilities;

    /// <summary>Whether it was drawn from a known distribution.</summary>
    public bool IsDrawn => !Choices.IsEmpty;

    /// <summary>The probability with which it was drawn.</summary>
    internal double Probability => Probabilities[Choices.BinarySearch(token)];
}
