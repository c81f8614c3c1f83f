using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// T rows of S sequences. The views lie in the domain of the component that is called and are valid during the call.
/// <code>
/// row       0 1 2 3 4 |  5  6  7 |   8 |  9 |  10     T = 11, S = 5: A and B read prompts, C, D and E decode.
/// sequence  A A A A A |  B  B  B |   C |  D |   E
/// position  0 1 2 3 4 | 64 65 66 | 901 | 17 | 300
/// </code>
/// </summary>
public readonly struct Step
{
    /// <summary>I32 [T].</summary>
    public required TensorView TokenIds { get; init; }

    /// <summary>I32 [T]: tokens from the start of the row's sequence.</summary>
    public required TensorView Positions { get; init; }

    /// <summary>I32 [T]: index into <see cref="Sequences"/>.</summary>
    public required TensorView SequenceOfRow { get; init; }

    /// <summary>The memory behind <see cref="Sequences"/>.</summary>
    public required ReadOnlyMemory<SequenceSlice> Slices { private get; init; }

    /// <summary>[S], always on the host.</summary>
    public ReadOnlySpan<SequenceSlice> Sequences => Slices.Span;

    /// <summary>
    /// I8 [Limits.Sequences, Bytes] on the host, by <see cref="SequenceSlice.Id"/>: what the called component's layer knows of each sequence,
    /// as of the last border. Absent where the component keeps nothing: see <see cref="IKeepsSequenceState"/>.
    /// </summary>
    [Experimental(Experiments.Id)]
    public TensorView States { get; init; }

    /// <summary>
    /// I8 [Limits.Sequences, NotedRows, RowBytes] on the host: notes of the last rows before a border, those of the step's rows all zeros before;
    /// absent like <see cref="States"/>.
    /// </summary>
    [Experimental(Experiments.Id)]
    public TensorView Notes { get; init; }

    /// <summary>Tokens from one border of the called component's state to the next; 0 where it keeps nothing.</summary>
    [Experimental(Experiments.Id)]
    public int BorderTokens { get; init; }

    /// <summary>T: rows of the step, of all its sequences.</summary>
    public int Rows => Positions.Shape[0];

    /// <summary>The state of <c>Sequences[sequence]</c>; read only.</summary>
    [Experimental(Experiments.Id)]
    public ReadOnlySpan<T> StateOf<T>(int sequence)
        where T : unmanaged => States.At(Sequences[sequence].Id).AsSpan<T>();

    /// <summary>The note of a row; written by the component. Empty where no note of the row is kept: it is not among the last <see cref="SequenceStateLayout.NotedRows"/> before a border.</summary>
    [Experimental(Experiments.Id)]
    public Span<T> NoteOf<T>(int row)
        where T : unmanaged
    {
        foreach (ref readonly SequenceSlice slice in Sequences)
        {
            if (row >= slice.FirstRow + slice.Rows)
                continue;

            int noted = Notes.Shape[1], entry = (slice.FirstPosition + row - slice.FirstRow) % BorderTokens - (BorderTokens - noted);
            return entry < 0 ? default : Notes.At(slice.Id).At(entry).AsSpan<T>();
        }

        throw new ArgumentOutOfRangeException(nameof(row), row, $"expected a row below {Rows}");
    }
}
