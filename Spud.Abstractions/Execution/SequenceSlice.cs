namespace Spud;

/// <summary>
/// One sequence in a step. Its rows lie together, and their positions are consecutive: row <c>FirstRow + i</c> stands at
/// <c>FirstPosition + i</c>. The host gives other positions only to attentions with <see cref="Offer.AnyPositions"/>.
/// </summary>
public readonly struct SequenceSlice
{
    /// <summary>The same in every step of the sequence; below <see cref="Limits.Sequences"/>.</summary>
    public required int Id { get; init; }

    /// <summary>Its first row.</summary>
    public required int FirstRow { get; init; }

    /// <summary>Its rows, at least 1.</summary>
    public required int Rows { get; init; }

    /// <summary>Position of its first row: tokens from the start of the sequence.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>What all its rows do.</summary>
    public required Phase Phase { get; init; }

    /// <summary>
    /// How much compute its rows are worth, 0 .. 1; 1 is all that the component would spend without a limit. Frozen for the step, and the
    /// same in all steps that read one prompt. Who has nothing to save ignores it.
    /// </summary>
    public required float Effort { get; init; }
}
