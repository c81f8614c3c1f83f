using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A component that depends on a sequence's past beyond its keys. The host keeps the state, one for each layer and sequence (for a head one,
/// that of layer 0). The component keeps nothing itself, so that forks, retries, cancelled steps and truncation work. A component that is built
/// on such a one (<see cref="IBuildContext.Component"/>) implements the interface too, and passes all calls on.
/// <para>
/// A state changes only at borders, the multiples of <see cref="SequenceStateLayout.BorderTokens"/>, which no step crosses: however a text is
/// read, a row sees the state of the last border before it. In a step the component writes a note for each row
/// (<see cref="Step.NoteOf{T}"/>); when the rows up to a border are committed, <see cref="Advance"/> updates the state from their notes.
/// </para>
/// </summary>
[Experimental(Experiments.Id)]
public interface IKeepsSequenceState
{
    /// <summary>What the host keeps of each sequence in a layer; null: nothing. Called once for each layer, when the component is built.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    SequenceStateLayout? StateOf(int layer);

    /// <summary>Updates a state from the notes since the last border. The result depends on the arguments alone. Not called if a state has no bytes.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="notes">I8 [NotedRows, RowBytes] on the host: notes of the last rows before the border, by position.</param>
    /// <param name="state">I8 [Bytes] on the host, zero before the first border; updated.</param>
    void Advance(int layer, in TensorView notes, in TensorView state);
}
