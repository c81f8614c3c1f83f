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

    /// <summary>I32 [T]: position of each row, the number of tokens before it in its sequence.</summary>
    public required TensorView Positions { get; init; }

    /// <summary>I32 [T]: index into <see cref="Sequences"/>.</summary>
    public required TensorView SequenceOfRow { get; init; }

    /// <summary>The memory of <see cref="Sequences"/>.</summary>
    public required ReadOnlyMemory<SequenceSlice> Slices { private get; init; }

    /// <summary>[S]: the sequences of the step; always on the host.</summary>
    public ReadOnlySpan<SequenceSlice> Sequences => Slices.Span;

    /// <summary>
    /// I8 [Limits.Sequences, Bytes] on the host, by <see cref="SequenceSlice.Id"/>: the state that the called component keeps of each sequence in
    /// this layer, as of the last border. Absent if it keeps none; see <see cref="IKeepsSequenceState"/>.
    /// </summary>
    [Experimental(Experiments.Id)]
    public TensorView States { get; init; }

    /// <summary>
    /// I8 [Limits.Sequences, NotedRows, RowBytes] on the host: notes of the last rows before a border. The notes of the step's own rows are zeroed
    /// before the call. Absent where <see cref="States"/> is.
    /// </summary>
    [Experimental(Experiments.Id)]
    public TensorView Notes { get; init; }

    /// <summary>Tokens between two borders of the called component's state; 0 if it keeps none.</summary>
    [Experimental(Experiments.Id)]
    public int BorderTokens { get; init; }

    /// <summary>T: number of rows of the step, of all sequences together.</summary>
    public int Rows => Positions.Shape[0];

    /// <summary>State of <c>Sequences[sequence]</c>; read-only.</summary>
    /// <param name="sequence">0 .. S - 1.</param>
    [Experimental(Experiments.Id)]
    public ReadOnlySpan<T> StateOf<T>(int sequence)
        where T : unmanaged => States.At(Sequences[sequence].Id).AsSpan<T>();

    /// <summary>The note of a row, which the component writes. Empty if the row's note is not kept, because it is not among the last
    /// <see cref="SequenceStateLayout.NotedRows"/> before a border.</summary>
    /// <param name="row">0 .. T - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step has no such row.</exception>
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
