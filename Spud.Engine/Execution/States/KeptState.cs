using Spud.Configuration;

namespace Spud.Execution;

/// <summary>
/// What the host keeps for one component and layer: of every sequence the state as of its last border, the states of some borders before,
/// and the notes of the rows since. The notes of a step are pending until they are committed.
/// </summary>
internal sealed class KeptState
{
    /// <summary>Borders to which a text can go back without being read again from its start.</summary>
    private const int EarlierStates = 8;

    private readonly IKeepsSequenceState _component;
    private readonly int _layer, _every;
    private readonly TensorView _states, _earlier, _notes, _pending;

    /// <param name="memory">Counts the memory.</param>
    /// <param name="host">The host's domain.</param>
    /// <param name="limits">The largest step.</param>
    /// <param name="component">Whose state it is.</param>
    /// <param name="name">The component, for people.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="layout">What it asked for.</param>
    /// <exception cref="CompositionException">The layout is impossible.</exception>
    public KeptState(MemoryAccount memory, IMemoryDomain host, Limits limits, IKeepsSequenceState component, PipelineComponent name, int layer, SequenceStateLayout layout)
    {
        (_component, Component, _layer, _every) = (component, name, layer, layout.BorderTokens);
        if (layout.Bytes < 8 || layout.Bytes % 8 != 0 || layout.RowBytes < 8 || layout.RowBytes % 8 != 0 || layout.BorderTokens < 1)
        {
            throw new CompositionException(
                $"{name.Role} '{name.Registered.FullName}', layer {layer}: a state of {layout.Bytes} bytes with {layout.RowBytes} bytes a row and a border every {layout.BorderTokens} tokens; "
                + "expected multiples of 8 bytes, and at least 1 token.");
        }

        int sequences = limits.Sequences;
        _states = memory.Allocate(host, ElementType.I8, sequences, layout.Bytes);
        _earlier = memory.Allocate(host, ElementType.I8, sequences, EarlierStates, layout.Bytes);
        _notes = memory.Allocate(host, ElementType.I8, sequences, layout.BorderTokens, layout.RowBytes);
        _pending = memory.Allocate(host, ElementType.I8, limits.Rows, layout.RowBytes);
    }

    public PipelineComponent Component { get; }

    public int Layer => _layer;

    /// <summary>Tokens from one border to the next.</summary>
    public int BorderTokens => _every;

    public long Bytes => _states.Bytes + _earlier.Bytes + _notes.Bytes + _pending.Bytes;

    /// <summary>The step as the component sees it.</summary>
    /// <param name="step">Without state.</param>
    /// <param name="isFirst">Whether no note has been written in the step yet.</param>
    public Step In(in Step step, bool isFirst)
    {
        TensorView notes = _pending.Rows(0, step.Rows);
        if (isFirst)
            notes.AsSpan<byte>().Clear();
        return step with { States = _states, Notes = notes };
    }

    /// <summary>Keeps what a step noted of rows that are committed.</summary>
    /// <param name="sequence">Id.</param>
    /// <param name="firstRow">First of its rows in the step.</param>
    /// <param name="firstPosition">Its position.</param>
    /// <param name="rows">How many are committed.</param>
    public void Commit(int sequence, int firstRow, int firstPosition, int rows)
    {
        TensorView notes = _notes.At(sequence), state = _states.At(sequence);
        for (int row = 0; row < rows; row++)
        {
            int position = firstPosition + row;
            _pending.At(firstRow + row).AsSpan<byte>().CopyTo(notes.At(position % _every).AsSpan<byte>());
            if ((position + 1) % _every != 0)
                continue;

            state.AsSpan<byte>().CopyTo(_earlier.At(sequence).At(position / _every % EarlierStates).AsSpan<byte>());
            _component.Advance(_layer, notes, state);
        }
    }

    /// <summary>A new sequence: it knows nothing.</summary>
    public void Clear(int sequence) => _states.At(sequence).AsSpan<byte>().Clear();

    /// <summary>Another sequence with the same past.</summary>
    public void Fork(int from, int to)
    {
        Copy(_states);
        Copy(_earlier);
        Copy(_notes);

        void Copy(in TensorView of) => of.At(from).AsSpan<byte>().CopyTo(of.At(to).AsSpan<byte>());
    }

    /// <summary>The length from which a text must be read again to have a shorter length's state; that length itself if nothing need be read.</summary>
    /// <param name="tokens">Its length now.</param>
    /// <param name="shorter">The length that is wanted.</param>
    public int ReadAgainFrom(int tokens, int shorter)
    {
        int borders = tokens / _every - shorter / _every;
        return borders == 0 || shorter == 0 ? shorter : borders > EarlierStates ? 0 : shorter / _every * _every;
    }

    /// <summary>Goes back to a length that <see cref="ReadAgainFrom"/> named, or to one behind the last border.</summary>
    public void Truncate(int sequence, int tokens, int shorter)
    {
        if (shorter == 0)
            Clear(sequence);
        else if (tokens / _every != shorter / _every)
            _earlier.At(sequence).At(shorter / _every % EarlierStates).AsSpan<byte>().CopyTo(_states.At(sequence).AsSpan<byte>());
    }
}
