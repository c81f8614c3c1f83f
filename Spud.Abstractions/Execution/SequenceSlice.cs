namespace Spud;

/// <summary>
/// The rows of one sequence in a step. They are contiguous, and so are their positions: row <c>FirstRow + i</c> is at position
/// <c>FirstPosition + i</c>. The host gives other positions only to attentions with <see cref="Offer.AnyPositions"/>.
/// </summary>
public readonly struct SequenceSlice
{
    /// <summary>Id of the sequence, the same in all of its steps: 0 .. <see cref="Limits.Sequences"/> - 1.</summary>
    public required int Id { get; init; }

    /// <summary>Index of its first row in the step.</summary>
    public required int FirstRow { get; init; }

    /// <summary>Number of its rows, at least 1.</summary>
    public required int Rows { get; init; }

    /// <summary>Position of its first row: the number of tokens before it in the sequence.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>What all of its rows do.</summary>
    public required Phase Phase { get; init; }

    /// <summary>
    /// How much compute its rows may use, 0 .. 1; 1 is what the component uses without a limit. Constant during a step, and in all steps that
    /// read one prompt. A component that cannot save compute ignores it.
    /// </summary>
    public required float Effort { get; init; }
}
