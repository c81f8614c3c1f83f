using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Runs steps of a pipeline as transactions. What a step appended is kept only when it succeeds; a component that throws ends the one
/// sequence that it fails on, never the process. One thread at a time uses it and its sequences; a second one is refused.
/// </summary>
public sealed class Engine
{
    private readonly PipelineParts _pipeline;
    private readonly StepTransaction _steps;
    private readonly SingleUser _user = new();
    private readonly Sequence?[] _sequences;
    private readonly Stack<BatchBuffers> _idle = [];
    private bool _isClosed;

    /// <param name="pipeline">What steps run on.</param>
    /// <param name="lose">Told the domain and the fault when a device is lost; every later step is refused.</param>
    internal Engine(PipelineParts pipeline, Action<IMemoryDomain, ComponentException> lose)
    {
        _pipeline = pipeline;
        _steps = new StepTransaction(pipeline, lose);
        Guard = new BudgetGuard(pipeline.Costs, pipeline.Limits.Rows);
        _sequences = new Sequence?[pipeline.Limits.Sequences];
        _idle.Push(AllocateBatch());
    }

    /// <summary>A batch of the pipeline's largest size. The first one's memory is the pipeline's own; that of further ones is allocated, and reused when they are disposed.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for another one.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use.</exception>
    public Batch NewBatch()
    {
        using SingleUser.Turn turn = TakeTurn();
        ThrowIfDisposed();
        return new(this, _idle.TryPop(out BatchBuffers? idle) ? idle : AllocateBatch(), _pipeline.Limits);
    }

    /// <summary>A new, empty sequence.</summary>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or the engine is.</exception>
    public Sequence Open()
    {
        using SingleUser.Turn turn = TakeTurn();
        return OpenNext();
    }

    /// <summary>
    /// Bytes of the pages that all sequences held at most since the last call, keys and values: each pool at its own peak, while a step was
    /// computed too. The next call counts from what is held now.
    /// </summary>
    public long TakePeakPageBytes()
    {
        using SingleUser.Turn turn = TakeTurn();
        return _pipeline.Pages.TakePeakBytes();
    }

    /// <summary>A new, empty sequence, in a turn that the caller has.</summary>
    internal Sequence OpenNext()
    {
        ThrowIfDisposed();
        int id = Array.IndexOf(_sequences, null);
        if (id < 0)
            throw new InvalidOperationException($"all {_sequences.Length} sequences of the pipeline are in use: dispose one, or give the pipeline more");

        _pipeline.States.Clear(id);
        int[] ids = GC.AllocateUninitializedArray<int>(_pipeline.Limits.ContextTokens);
        PageTable[] tables = _pipeline.Pages.NewTables(ids, id);
        return _sequences[id] = new Sequence(this, id, tables, NewLedger(tables), ids);
    }

    /// <summary>
    /// A text of another pipeline with its keys and values, which the caller knows to mean the same here. Null where they cannot be copied: the
    /// pages are laid out differently or on devices, keys were let go, or components keep a state of the text.
    /// </summary>
    /// <param name="source">Not used meanwhile; stays as it is.</param>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or one of the engines is.</exception>
    public Sequence? Copy(Sequence source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using SingleUser.Turn turn = TakeTurn();
        source.ThrowIfEnded();
        if (source.Tokens > _pipeline.Limits.ContextTokens || source.Tables.Length != _pipeline.Model.Layers.Length || _pipeline.States.BorderTokens.Any() || source.KeepsStates)
            return null;

        Sequence copy = OpenNext();
        bool isWhole = false;
        try
        {
            isWhole = TextCopy.TryCopy(source, copy, _pipeline.Pages);
            if (isWhole)
                copy.StartLedger();

            return isWhole ? copy : null;
        }
        finally
        {
            if (!isWhole)
                copy.Dispose();
        }
    }

    /// <summary>A step of one sequence: reads as many of its next tokens as a step takes. All of them are read by calling it again with the rest.</summary>
    /// <param name="batch">Its former contents are forgotten; it holds the logits afterwards.</param>
    /// <param name="sequence">The text.</param>
    /// <param name="tokens">At least one id.</param>
    /// <param name="phase">Whether they are a prompt's or produced.</param>
    /// <param name="logits">What will be read; the last row's are computed in the step that reads it.</param>
    /// <returns>How many were read, at least 1.</returns>
    /// <exception cref="OperationCanceledException">The sequence was cancelled; what earlier steps read stays.</exception>
    /// <inheritdoc cref="Batch.Add" path="/exception"/>
    /// <inheritdoc cref="Run(Batch)" path="/exception"/>
    public int Step(Batch batch, Sequence sequence, ReadOnlySpan<int> tokens, Phase phase, LogitRows logits)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Clear();
        int rows = batch.Fill(sequence, tokens, phase, logits);
        Run(batch);
        return rows;
    }

    /// <summary>
    /// Computes a batch and commits it. If a component throws, nothing of the step is kept; the sequences are then run one by one, and
    /// those that fail alone end with their <see cref="Sequence.Fault"/>. A cancelled sequence among others is simply not committed.
    /// </summary>
    /// <exception cref="ArgumentException">The batch is empty, mixes phases in a pipeline that splits them, or was filled before one of its sequences changed.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use by another thread.</exception>
    /// <exception cref="BudgetExceededException">The rows of a sequence may cost more than its budget has left; nothing was computed.</exception>
    /// <exception cref="PagePoolFullException">The pages do not suffice; nothing was computed.</exception>
    /// <exception cref="OperationCanceledException">Every sequence of the batch was cancelled; nothing was kept.</exception>
    /// <exception cref="ComponentException">The batch has one sequence, and a component threw; or a device of the pipeline was lost in an earlier step.</exception>
    public void Run(Batch batch) => Run(batch, null);

    /// <summary>
    /// Computes a batch and keeps of each sequence as many rows as the caller says, when it has seen the logits. The other rows never were:
    /// no review sees them. A sequence that keeps any is billed for all of its rows, since all were computed; one that keeps none, for nothing.
    /// </summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="keep">Gets an entry, in the order of <see cref="Batch.Add"/>, whose logits can be read, and returns how many of its rows are kept, from the first on; null: all.</param>
    /// <inheritdoc cref="Run(Batch)" path="/exception"/>
    public void Run(Batch batch, Func<int, int>? keep)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using SingleUser.Turn turn = TakeTurn();
        batch.ThrowIfDisposed();
        if (batch.Sequences == 0)
            throw new ArgumentException("engine: the batch is empty", nameof(batch));

        if (_steps.Lost is { } lost)
            throw lost;

        _user.IsInStep = true;
        try
        {
            BatchCheck.Require(batch, this, _pipeline);
            Guard.Require(batch.Entries);
            _pipeline.Pages.Demand.Require(batch);
            _steps.Run(batch, keep);
        }
        finally
        {
            _user.IsInStep = false;
        }
    }

    /// <summary>Whether a device is lost, so that no step is computed any more.</summary>
    internal bool IsLost => _steps.Lost is not null;

    /// <summary>The positions that no step crosses.</summary>
    internal ReviewBorders Borders => _pipeline.Pages.Borders;

    /// <summary>[C]: a row behind the final norm that the last step left.</summary>
    internal ReadOnlySpan<float> NormedRow(int row) => _pipeline.Domains.Host.Normed(row + 1).At(row).AsSpan<float>();

    /// <summary>What components keep of sequences, in addition to the pages.</summary>
    internal SequenceStates States => _pipeline.States;

    internal PipelineParts Parts => _pipeline;

    /// <summary>What rows may cost before they are run.</summary>
    internal BudgetGuard Guard { get; }

    /// <summary>An empty ledger for a sequence with these pages.</summary>
    internal Ledger NewLedger(PageTable[] tables, Budget? limit = null, Ledger? sharer = null)
    {
        Ledger ledger = new(_pipeline.Costs, limit, sharer);
        StepMeter.Keep(ledger, tables);
        return ledger;
    }

    internal void Close(Sequence sequence) => _sequences[sequence.Id] = null;

    /// <summary>Refuses everything from now on: the pipeline is being disposed.</summary>
    internal void Close() => _isClosed = true;

    /// <summary>Takes the memory of a batch that is no longer used.</summary>
    internal void Return(BatchBuffers buffers)
    {
        using SingleUser.Turn turn = TakeTurn();
        if (!_isClosed)
            _idle.Push(buffers);
    }

    /// <summary>Whether another sequence can be opened.</summary>
    internal bool HasFreeSequence => Array.IndexOf(_sequences, null) >= 0;

    /// <summary>Whether a step has one phase only.</summary>
    internal bool SplitsPhases => _pipeline.SplitsPhases;

    /// <summary>Whether sequences that read so many more tokens each find pages for them.</summary>
    internal bool HasPagesFor(ReadOnlySpan<int> tokens) => _pipeline.Pages.Demand.HasRoomFor(tokens);

    /// <inheritdoc cref="SingleUser.Take"/>
    internal SingleUser.Turn TakeTurn() => _user.Take();

    /// <inheritdoc cref="SingleUser.Wait"/>
    internal SingleUser.Turn WaitForTurn() => _user.Wait();

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isClosed, this);

    /// <summary>The first layer that has dropped or re-encoded keys which a text of so many tokens needs; null: none has.</summary>
    internal int? DroppedBy(Sequence sequence, int tokens)
    {
        for (int layer = 0; layer < sequence.Tables.Length && tokens > 0; layer++)
        {
            float window = _pipeline.Model.Layers[layer].Number(Trait.Window, float.PositiveInfinity);
            if (!sequence.Tables[layer].Reviews.CanTruncate(tokens, window))
                return layer;
        }

        return null;
    }

    private BatchBuffers AllocateBatch() => BatchBuffers.Allocate(_pipeline.Memory, _pipeline.Host, _pipeline.Limits, _pipeline.Model.Vocabulary);
}
