using Spud.Configuration;

namespace Spud.Execution;

/// <summary>
/// What the host keeps for one component and layer: of every sequence the state as of its last border, the states of some borders before,
/// and notes of the rows since. Notes lie by position, so that those of rows that are not kept are overwritten by the rows that come there.
/// </summary>
internal sealed class KeptState
{
    /// <summary>Borders to which a text can go back without being read again from its start.</summary>
    private const int EarlierStates = 8;

    private readonly IKeepsSequenceState _component;
    private readonly int _layer, _every, _noted;
    private readonly TensorView _states, _earlier, _notes;

    /// <param name="memory">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="component">Whose state it is.</param>
    /// <param name="role">Its role.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="layout">What it asked for.</param>
    /// <exception cref="CompositionException">The layout is impossible.</exception>
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

    /// <summary>What the component is in its pipeline; null outside of one.</summary>
    public PipelineComponent? Of { get; init; }

    public int Layer => _layer;

    /// <summary>Tokens from one border to the next.</summary>
    public int BorderTokens => _every;

    /// <summary>Rows before each border whose notes are kept.</summary>
    public int NotedRows => _noted;

    public long Bytes => _notes.Bytes + (HasState ? _states.Bytes + _earlier.Bytes : 0);

    /// <summary>I8 [NotedRows, RowBytes] of a sequence.</summary>
    public TensorView NotesOf(int sequence) => _notes.At(sequence);

    /// <summary>I8 [Bytes] of a sequence.</summary>
    public TensorView StateOf(int sequence) => _states.At(sequence);

    /// <summary>Whether there is a state; otherwise there are notes alone.</summary>
    public bool HasState => _states.IsPresent;

    /// <summary>The step as the component sees it.</summary>
    /// <param name="step">Without state.</param>
    /// <param name="isFirst">Whether no note has been written in the step yet.</param>
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

    /// <summary>Whether notes of a step's rows are kept.</summary>
    public bool NotesAny(in Step step)
    {
        foreach (ref readonly SequenceSlice slice in step.Sequences)
        {
            if (TryFindNotes(slice.FirstPosition, slice.Rows, out _, out _))
                return true;
        }

        return false;
    }

    /// <summary>Takes the notes of rows that are committed into the state, if they reach a border.</summary>
    /// <param name="sequence">Id.</param>
    /// <param name="tokens">Length of the text with the rows.</param>
    public void Commit(int sequence, int tokens)
    {
        if (!HasState || tokens % _every != 0)
            return;

        TensorView state = _states.At(sequence);
        state.AsSpan<byte>().CopyTo(_earlier.At(sequence).At((tokens / _every - 1) % EarlierStates).AsSpan<byte>());
        _component.Advance(_layer, _notes.At(sequence), state);
    }

    /// <summary>A new sequence: it knows nothing.</summary>
    public void Clear(int sequence)
    {
        if (HasState)
            _states.At(sequence).AsSpan<byte>().Clear();
    }

    /// <summary>I8: all that is kept of a sequence.</summary>
    public IEnumerable<TensorView> ViewsOf(int sequence)
    {
        yield return _notes.At(sequence);
        if (!HasState)
            yield break;

        yield return _states.At(sequence);
        yield return _earlier.At(sequence);
    }

    /// <summary>Another sequence with the same past.</summary>
    public void Fork(int from, int to) => CopyFrom(this, from, to);

    /// <summary>Whether another pipeline keeps the same for a component that computes the same.</summary>
    public bool IsLike(KeptState other) =>
        Of is { } mine && other.Of is { } theirs && mine.IsLike(theirs) && (_layer, _every, _noted, _notes.Shape[2], HasState) == (other._layer, other._every, other._noted, other._notes.Shape[2], other.HasState)
        && (!HasState || _states.Shape[1] == other._states.Shape[1]);

    /// <summary>What is kept of a sequence, here or in a pipeline that <see cref="IsLike"/> allows, for another sequence.</summary>
    public void CopyFrom(KeptState source, int from, int to)
    {
        Copy(source._notes, _notes);
        if (!HasState)
            return;

        Copy(source._states, _states);
        Copy(source._earlier, _earlier);

        void Copy(in TensorView of, in TensorView into) => of.At(from).AsSpan<byte>().CopyTo(into.At(to).AsSpan<byte>());
    }

    /// <summary>The length from which a text must be read again to have a shorter length's state and notes; that length itself if nothing need be read.</summary>
    /// <param name="tokens">Its length now.</param>
    /// <param name="shorter">The length that is wanted.</param>
    public int ReadAgainFrom(int tokens, int shorter)
    {
        int borders = tokens / _every - shorter / _every, lastBorder = shorter / _every * _every;
        if (borders == 0 || shorter == 0)
            return shorter;
        if (HasState && borders > EarlierStates)
            return 0;

        return shorter <= lastBorder + _every - _noted ? shorter : lastBorder;
    }

    /// <summary>Goes back to a length that <see cref="ReadAgainFrom"/> named, or to one behind the last border.</summary>
    public void Truncate(int sequence, int tokens, int shorter)
    {
        if (shorter == 0)
            Clear(sequence);
        else if (HasState && tokens / _every != shorter / _every)
            _earlier.At(sequence).At(shorter / _every % EarlierStates).AsSpan<byte>().CopyTo(_states.At(sequence).AsSpan<byte>());
    }

    /// <summary>Where the notes of rows lie, which no border is between; false: they are not kept.</summary>
    private bool TryFindNotes(int firstPosition, int rows, out int first, out int count)
    {
        int begin = firstPosition % _every - (_every - _noted), end = begin + rows;
        (first, count) = (Math.Max(0, begin), end - Math.Max(0, begin));
        return count > 0;
    }
}
