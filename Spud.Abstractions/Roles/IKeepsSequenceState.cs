using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A side interface of components that depend on a text's past beyond its keys. The host keeps the state, one for each layer and sequence (a
/// head has one, that of layer 0): the component itself keeps nothing, so that forks, retries, cancelled steps and texts that go back are right.
/// A component that is built on such a one (<see cref="IBuildContext.Component"/>) implements the interface too, and passes on all that it gets.
/// <para>
/// A state changes at borders only, the multiples of <see cref="SequenceStateLayout.BorderTokens"/>, and no step crosses a border: however a
/// text is read, a row sees the state of the last border before it. In a step the component writes a note for every row
/// (<see cref="Step.NoteOf{T}"/>); when the rows up to the next border are committed, <see cref="Advance"/> takes their notes into the state.
/// </para>
/// </summary>
[Experimental(Experiments.Id)]
public interface IKeepsSequenceState
{
    /// <summary>What the host keeps of every sequence in a layer; null: nothing. Asked once, when the component is built.</summary>
    SequenceStateLayout? StateOf(int layer);

    /// <summary>Takes the notes of the rows since the last border into a state; a function of its arguments alone. Not called where a state has no bytes.</summary>
    /// <param name="layer">Layer of the model.</param>
    /// <param name="notes">I8 [NotedRows, RowBytes] on the host: those of the last rows before the border, in the order of their positions.</param>
    /// <param name="state">I8 [Bytes] on the host, all zeros before the first border; changed.</param>
    void Advance(int layer, in TensorView notes, in TensorView state);
}
