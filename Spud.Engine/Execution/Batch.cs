namespace Spud.Execution;

/// <summary>
/// Rows of one or more sequences for one step, and the resulting logits. Created once by <see cref="Engine.NewBatch"/> and reused:
/// nothing is allocated per step. Dispose it to release its memory for the next one.
/// </summary>
public sealed class Batch : IDisposable
{
    private readonly Engine _engine;
    private readonly BatchBuffers _buffers;
    private readonly Limits _limits;
    private readonly BatchEntry[] _entries;
    private readonly SequenceSlice[] _slices;
    private readonly int[] _logitRows;
    private int[]? _origins;
    private int _count;
    private bool _disposed;

    internal Batch(Engine engine, BatchBuffers buffers, Limits limits)
    {
        (_engine, _buffers, _limits) = (engine, buffers, limits);
        _entries = new BatchEntry[limits.StepSequences];
        _slices = new SequenceSlice[limits.StepSequences];
        _logitRows = new int[limits.LogitRows];
    }

    /// <summary>Maximum number of rows.</summary>
    public int MaxRows => _limits.Rows;

    /// <summary>Maximum number of rows with logits.</summary>
    internal int MaxLogitRows => _limits.LogitRows;

    /// <summary>Maximum number of sequences.</summary>
    internal int MaxSequences => _entries.Length;

    /// <summary>Current number of rows, T.</summary>
    public int Rows { get; private set; }

    /// <summary>Current number of sequences, S.</summary>
    public int Sequences => _count;

    /// <summary>Rows of a single-sequence batch that are read after the final norm, in addition to logits; none after <see cref="Clear"/>.</summary>
    internal LogitRows NormedRows { get; set; }

    /// <summary>Whether the rows with logits are also read after the final norm; false after <see cref="Clear"/>.</summary>
    internal bool NormsLogitRows { get; set; }

    internal int NormedRowCount => NormsLogitRows ? LogitRowCount : NormedRows.Of(Rows);

    internal int LogitRowCount { get; private set; }

    internal ReadOnlySpan<BatchEntry> Entries => _entries.AsSpan(0, _count);

    internal ReadOnlySpan<int> RowsWithLogits => _logitRows.AsSpan(0, LogitRowCount);

    internal ReadOnlyMemory<SequenceSlice> Slices => _slices.AsMemory(0, _count);

    internal Step Step => new()
    {
        TokenIds = _buffers.TokenIds.Rows(0, Rows),
        Positions = _buffers.Positions.Rows(0, Rows),
        SequenceOfRow = _buffers.SequenceOfRow.Rows(0, Rows),
        Slices = Slices,
    };

    /// <summary>Whether all its sequences were cancelled.</summary>
    internal bool IsCancelled
    {
        get
        {
            foreach (BatchEntry entry in Entries)
            {
                if (!entry.Sequence.Cancellation.IsCancellationRequested)
                    return false;
            }

            return true;
        }
    }

    internal TensorView LogitsView => _buffers.Logits.Rows(0, LogitRowCount);

    /// <summary>Starts a new step.</summary>
    public void Clear() => (_count, Rows, LogitRowCount, NormedRows, NormsLogitRows) = (0, 0, 0, LogitRows.None, false);

    /// <summary>Adds the next tokens of a sequence.</summary>
    /// <param name="sequence">Not yet in this batch.</param>
    /// <param name="tokens">At least one id.</param>
    /// <param name="phase">Whether they are from a prompt or generated.</param>
    /// <param name="logits">Which logits will be read.</param>
    /// <exception cref="ArgumentException">The rows, the sequences or the logits exceed the pipeline's limits, an id is not below V, the sequence is already in the batch, or several rows are to be decoded where rows that leave early have no keys.</exception>
    /// <exception cref="ContextOverflowException">The sequence would grow beyond the context.</exception>
    /// <remarks>Rows must not pass the sequence's next review border: <see cref="Fill"/> stops there.</remarks>
    public void Add(Sequence sequence, ReadOnlySpan<int> tokens, Phase phase, LogitRows logits)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        Check(sequence, tokens);
        int wanted = logits.Of(tokens.Length);
        if (tokens.Length > 1 && phase == Phase.Decode && _engine.DecodesOneByOne)
            throw new ArgumentException($"batch: {tokens.Length} rows of a text are to be decoded at once; where rows that leave early have no keys in later layers, the maximum is 1", nameof(tokens));
        if (wanted > _limits.LogitRows - LogitRowCount)
            throw new ArgumentException($"batch: logits of {LogitRowCount + wanted} rows were asked for; the maximum is {_limits.LogitRows}", nameof(logits));

        int first = sequence.Tokens;
        tokens.CopyTo(_buffers.TokenIds.AsSpan<int>()[Rows..]);
        for (int i = 0; i < tokens.Length; i++)
        {
            _buffers.Positions.AsSpan<int>()[Rows + i] = first + i;
            _buffers.SequenceOfRow.AsSpan<int>()[Rows + i] = _count;
        }

        for (int i = 0; i < wanted; i++)
            _logitRows[LogitRowCount + i] = Rows + tokens.Length - wanted + i;

        _slices[_count] = new() { Id = sequence.Id, FirstRow = Rows, Rows = tokens.Length, FirstPosition = first, Phase = phase, Effort = sequence.Effort };
        _entries[_count++] = new(sequence, phase, Rows, tokens.Length, first, LogitRowCount, wanted);
        (Rows, LogitRowCount) = (Rows + tokens.Length, LogitRowCount + wanted);
    }

    /// <summary>Adds as many of a sequence's next tokens as fit in this step, limited by its rows, its logits and the sequence's next review border.</summary>
    /// <param name="sequence">Not yet in this batch.</param>
    /// <param name="tokens">At least one id; all that are to be read in this step and later ones.</param>
    /// <param name="phase">Whether they are from a prompt or generated.</param>
    /// <param name="logits">Which logits will be read; those of the last row are computed in the step that reads it.</param>
    /// <returns>Number of tokens added; 0 if the step is full.</returns>
    /// <inheritdoc cref="Add" path="/exception"/>
    public int Fill(Sequence sequence, ReadOnlySpan<int> tokens, Phase phase, LogitRows logits)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        if (tokens.Length > _limits.ContextTokens - sequence.Tokens)
            throw new ContextOverflowException(sequence.Tokens + tokens.Length, _limits.ContextTokens);

        int rows = Math.Min(tokens.Length, Math.Min(_limits.Rows - Rows, sequence.RowsToReview)), withLogits = _limits.LogitRows - LogitRowCount;
        if (logits == LogitRows.All)
            rows = Math.Min(rows, withLogits);
        if (logits == LogitRows.Last && withLogits == 0)
            rows = Math.Min(rows, tokens.Length - 1);
        if (phase == Phase.Decode && _engine.DecodesOneByOne)
            rows = Math.Min(rows, 1);
        if (_count == _entries.Length || (rows == 0 && tokens.Length > 0))
            return 0;

        Add(sequence, tokens[..rows], phase, rows < tokens.Length && logits == LogitRows.Last ? LogitRows.None : logits);
        return rows;
    }

    /// <summary>Logits [V] of one of the rows requested by an entry; valid until the batch is run again or disposed, or its pipeline is disposed.</summary>
    /// <param name="entry">Index in the order of <see cref="Add"/>.</param>
    /// <param name="row">Index among the entry's logit rows; 0 for <see cref="LogitRows.Last"/>.</param>
    /// <exception cref="ObjectDisposedException">The batch or its pipeline has been disposed.</exception>
    public Span<float> Logits(int entry, int row = 0)
    {
        ThrowIfDisposed();
        BatchEntry of = Entries[entry];
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)of.LogitRows, nameof(row));
        return _buffers.Logits.At(of.FirstLogitRow + row).AsSpan<float>();
    }

    /// <summary>[C]: one of <see cref="NormedRows"/>, or of the rows with logits, after the final norm; valid until a batch of the engine is run again.</summary>
    internal ReadOnlySpan<float> Normed(int row)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)NormedRowCount, nameof(row));
        return _engine.NormedRow(row);
    }

    internal ReadOnlySpan<int> TokensOf(in BatchEntry entry) => _buffers.TokenIds.AsSpan<int>().Slice(entry.FirstRow, entry.Rows);

    /// <summary>Releases the memory.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;

        _engine.Return(_buffers);
        _disposed = true;
        Clear();
    }

    /// <summary>
    /// One entry as a batch of its own, over the same memory: its ids are read and its logits written in place. Valid until this batch
    /// changes; must not be disposed.
    /// </summary>
    internal Batch Only(int index)
    {
        BatchEntry entry = _entries[index];
        BatchBuffers part = new(
            _buffers.TokenIds.Rows(entry.FirstRow, entry.Rows), _buffers.Positions.Rows(entry.FirstRow, entry.Rows),
            _buffers.SequenceOfRow.Rows(entry.FirstRow, entry.Rows), _buffers.Logits.Rows(entry.FirstLogitRow, entry.LogitRows));
        Batch only = new(_engine, part, new() { Rows = entry.Rows, Sequences = 1, ContextTokens = _limits.ContextTokens, LogitRows = entry.LogitRows });
        part.SequenceOfRow.AsSpan<int>().Clear();
        only._slices[0] = _slices[index] with { FirstRow = 0 };
        only._entries[0] = entry with { FirstRow = 0, FirstLogitRow = 0 };
        for (int i = 0; i < entry.LogitRows; i++)
            only._logitRows[i] = entry.Rows - entry.LogitRows + i;

        (only._count, only.Rows, only.LogitRowCount, only.NormsLogitRows) = (1, entry.Rows, entry.LogitRows, NormsLogitRows);
        return only;
    }

    /// <summary>A batch for some of this one's entries; see <see cref="Take"/>. Must not be disposed.</summary>
    /// <param name="buffers">As large as this batch's, without logits.</param>
    internal Batch NewPart(BatchBuffers buffers) => new(_engine, buffers, _limits) { _origins = new int[_entries.Length] };

    /// <summary>Replaces the contents by entries of another batch, without their logits.</summary>
    internal void Take(Batch whole, ReadOnlySpan<int> entries)
    {
        Clear();
        foreach (int index in entries)
        {
            BatchEntry entry = whole._entries[index];
            whole._buffers.TokenIds.AsSpan<int>().Slice(entry.FirstRow, entry.Rows).CopyTo(_buffers.TokenIds.AsSpan<int>()[Rows..]);
            whole._buffers.Positions.AsSpan<int>().Slice(entry.FirstRow, entry.Rows).CopyTo(_buffers.Positions.AsSpan<int>()[Rows..]);
            _buffers.SequenceOfRow.AsSpan<int>().Slice(Rows, entry.Rows).Fill(_count);
            _slices[_count] = whole._slices[index] with { FirstRow = Rows };
            _origins![_count] = index;
            _entries[_count++] = entry with { FirstRow = Rows, FirstLogitRow = 0, LogitRows = 0 };
            Rows += entry.Rows;
        }
    }

    /// <summary>Index of an entry in the batch that it was taken from; the index itself if it was not.</summary>
    internal int OriginOf(int entry) => _origins is { } origins ? origins[entry] : entry;

    /// <summary>Ends the use of <see cref="Only"/>: the rows belong to this batch again.</summary>
    internal void Rejoin(int index) =>
        _buffers.SequenceOfRow.Rows(_entries[index].FirstRow, _entries[index].Rows).AsSpan<int>().Fill(index);

    internal void ThrowIfDisposed()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _engine.ThrowIfDisposed();
    }

    private int Vocabulary => _buffers.Logits.Shape[1];

    private void Check(Sequence sequence, ReadOnlySpan<int> tokens)
    {
        ThrowIfDisposed();
        sequence.ThrowIfEnded();
        if (tokens.IsEmpty)
            throw new ArgumentException("batch: a sequence needs at least one token", nameof(tokens));
        if (_count == _entries.Length || tokens.Length > _limits.Rows - Rows)
            throw new ArgumentException($"batch: {Rows + tokens.Length} rows of {_count + 1} sequences; the maximum is {_limits.Rows} rows of {_entries.Length} sequences", nameof(tokens));
        if (tokens.IndexOfAnyExceptInRange(0, Vocabulary - 1) is >= 0 and int wrong)
            throw new ArgumentException($"batch: token {wrong} has the id {tokens[wrong]}, the vocabulary has {Vocabulary}", nameof(tokens));
        if (tokens.Length > _limits.ContextTokens - sequence.Tokens)
            throw new ContextOverflowException(sequence.Tokens + tokens.Length, _limits.ContextTokens);
        if (tokens.Length > sequence.RowsToReview)
        {
            throw new ArgumentException(
                $"batch: {tokens.Length} rows from position {sequence.Tokens} on cross the review border at {sequence.Tokens + sequence.RowsToReview}, "
                + $"where the cache, or what a component knows of the text, may change: add at most {sequence.RowsToReview}, or use Fill", nameof(tokens));
        }

        foreach (BatchEntry entry in Entries)
        {
            if (entry.Sequence == sequence)
                throw new ArgumentException($"batch: sequence {sequence.Id} is in it already", nameof(sequence));
        }
    }
}
