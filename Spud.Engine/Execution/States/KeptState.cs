using Spud.Configuration;

namespace Spud.Execution;

/// <summary>
/// What the host keeps for one component and layer: for every sequence, the state as of its last border, the states of some earlier borders,
/// and notes of the rows since. Notes are stored by position, so that those of rows that are not kept are overwritten by later rows.
/// </summary>
internal sealed class KeptState
{
    /// <summary>Number of earlier borders to which a text can be truncated without being read again from its start.</summary>
    private const int EarlierStates = 8;

    private readonly IKeepsSequenceState _component;
    private readonly int _layer, _every, _noted;
    private readonly TensorView _states, _earlier, _notes;

    /// <param name="memory">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="component">The component whose state it is.</param>
    /// <param name="role">Its role.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="layout">The layout requested by the component.</param>
    /// <exception cref="CompositionException">The layout is invalid.</exception>
    public KeptState(MemoryAccount memory, IMemoryDomain host, Limits limits, IKeepsSequenceState component, string role, string name, int layer, SequenceStateLayout layout)
    {
        (_component, Role, Name, _layer, _every, _noted) = (component, role, name, layer, layout.BorderTokens, layout.NotedRows ?? layout.BorderTokens);
        if (layout.Bytes < 0 || layout.Bytes % 8 != 0 || layout.RowBytes < 8 || layout.RowBytes % 8 != 0 || layout.BorderTokens < 1 || _noted < 1 || _noted > _every)
        {
            throw new CompositionException(
                $"{role} '{name}', layer {layer}: a state of {layout.Bytes} bytes with {layout.RowBytes} bytes for each of {_noted} rows and a border every {layout.BorderTokens} tokens; "
                + "expected multiples of 8 bytes, at least 1 token, and no more rows than tokens.");
        }

        int sequences = limits.Sequences;
        _notes = memory.Allocate(host, ElementType.I8, sequences, _noted, layout.RowBytes);
        if (layout.Bytes == 0)
            return;

        _states = memory.Allocate(host, ElementType.I8, sequences, layout.Bytes);
        _earlier = memory.Allocate(host, ElementType.I8, sequences, EarlierStates, layout.Bytes);
    }

    public string Role { get; }

    /// <summary>The component's full name.</summary>
    public string Name { get; }

    /// <summary>The component in its pipeline; null outside of one.</summary>
    public PipelineComponent? Of { get; init; }

    public int Layer => _layer;

    /// <summary>Distance between borders in tokens.</summary>
    public int BorderTokens => _every;

    /// <summary>Number of rows before each border whose notes are kept.</summary>
    public int NotedRows => _noted;

    public long Bytes => _notes.Bytes + (HasState ? _states.Bytes + _earlier.Bytes : 0);

    /// <summary>I8 [NotedRows, RowBytes]: the notes of a sequence.</summary>
    public TensorView NotesOf(int sequence) => _notes.At(sequence);

    /// <summary>I8 [Bytes]: the state of a sequence.</summary>
    public TensorView StateOf(int sequence) => _states.At(sequence);

    /// <summary>Whether there is a state; otherwise there are only notes.</summary>
    public bool HasState => _states.IsPresent;

    /// <summary>The step as seen by the component.</summary>
    /// <param name="step">The step without state.</param>
    /// <param name="isFirst">Whether no note has been written yet in the step.</param>
    public Step In(in Step step, bool isFirst)
    {
        if (isFirst)
        {
            foreach (ref readonly SequenceSlice slice in step.Sequences)
            {
                if (TryFindNotes(slice.FirstPosition, slice.Rows, out int first, out int count))
                    _notes.At(slice.Id).Rows(first, count).AsSpan<byte>().Clear();
            }
        }

        return step with { States = _states, Notes = _notes, BorderTokens = _every };
    }

    /// <summary>Whether notes of any of a step's rows are kept.</summary>
    public bool NotesAny(in Step step)
    {
        foreach (ref readonly SequenceSlice slice in step.Sequences)
        {
            if (TryFindNotes(slice.FirstPosition, slice.Rows, out _, out _))
                return true;
        }

        return false;
    }

    /// <summary>Folds the notes of committed rows into the state, if they reach a border.</summary>
    /// <param name="sequence">Id of the sequence.</param>
    /// <param name="tokens">Length of the text including the rows.</param>
    public void Commit(int sequence, int tokens)
    {
        if (!HasState || tokens % _every != 0)
            return;

        TensorView state = _states.At(sequence);
        state.AsSpan<byte>().CopyTo(_earlier.At(sequence).At((tokens / _every - 1) % EarlierStates).AsSpan<byte>());
        _component.Advance(_layer, _notes.At(sequence), state);
    }

    /// <summary>Resets the state for a new sequence.</summary>
    public void Clear(int sequence)
    {
        if (HasState)
            _states.At(sequence).AsSpan<byte>().Clear();
    }

    /// <summary>I8: everything kept for a sequence.</summary>
    public IEnumerable<TensorView> ViewsOf(int sequence)
    {
        yield return _notes.At(sequence);
        if (!HasState)
            yield break;

        yield return _states.At(sequence);
        yield return _earlier.At(sequence);
    }

    /// <summary>Copies the state for another sequence with the same past.</summary>
    public void Fork(int from, int to) => CopyFrom(this, from, to);

    /// <summary>Whether another pipeline keeps the same data for a component that computes the same.</summary>
    public bool IsLike(KeptState other) =>
        Of is { } mine && other.Of is { } theirs && mine.IsLike(theirs) && (_layer, _every, _noted, _notes.Shape[2], HasState) == (other._layer, other._every, other._noted, other._notes.Shape[2], other.HasState)
        && (!HasState || _states.Shape[1] == other._states.Shape[1]);

    /// <summary>Copies the data kept for a sequence, here or in a pipeline for which <see cref="IsLike"/> is true, to another sequence.</summary>
    public void CopyFrom(KeptState source, int from, int to)
    {
        Copy(source._notes, _notes);
        if (!HasState)
            return;

        Copy(source._states, _states);
        Copy(source._earlier, _earlier);

        void Copy(in TensorView of, in TensorView into) => of.At(from).AsSpan<byte>().CopyTo(into.At(to).AsSpan<byte>());
    }

    /// <summary>The length from which a text must be read again to have the state and notes of a shorter length; the shorter length itself if nothing need be read.</summary>
    /// <param name="tokens">The current length.</param>
    /// <param name="shorter">The length to truncate to.</param>
    public int ReadAgainFrom(int tokens, int shorter)
    {
        int borders = tokens / _every - shorter / _every, lastBorder = shorter / _every * _every;
        if (borders == 0 || shorter == 0)
            return shorter;
        if (HasState && borders > EarlierStates)
            return 0;

        return shorter <= lastBorder + _every - _noted ? shorter : lastBorder;
    }

    /// <summary>Truncates to a length returned by <see cref="ReadAgainFrom"/>, or to one after the last border.</summary>
    public void Truncate(int sequence, int tokens, int shorter)
    {
        if (shorter == 0)
            Clear(sequence);
        else if (HasState && tokens / _every != shorter / _every)
            _earlier.At(sequence).At(shorter / _every % EarlierStates).AsSpan<byte>().CopyTo(_states.At(sequence).AsSpan<byte>());
    }

    /// <summary>Finds the location of the notes of rows not separated by a border; false if they are not kept.</summary>
    private bool TryFindNotes(int firstPosition, int rows, out int first, out int count)
    {
        int begin = firstPosition % _every - (_every - _noted), end = begin + rows;
        (first, count) = (Math.Max(0, begin), end - Math.Max(0, begin));
        return count > 0;
    }
}
