using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Runs steps of a pipeline as transactions. Data appended by a step are kept only if it succeeds; a component that throws ends only the
/// sequence on which it fails, never the process. The engine and its sequences are used by one thread at a time; a second one is refused.
/// </summary>
public sealed class Engine
{
    private readonly PipelineParts _pipeline;
    private readonly StepTransaction _steps;
    private readonly SingleUser _user = new();
    private readonly Sequence?[] _sequences;
    private readonly Stack<BatchBuffers> _idle = [];
    private bool _isClosed;

    /// <param name="pipeline">The pipeline on which steps run.</param>
    /// <param name="lose">Receives the domain and the fault when a device is lost; every later step is refused.</param>
    internal Engine(PipelineParts pipeline, Action<IMemoryDomain, ComponentException> lose)
    {
        _pipeline = pipeline;
        _steps = new StepTransaction(pipeline, lose);
        Kept = new KeptTexts(pipeline);
        Guard = new BudgetGuard(pipeline.Costs, pipeline.Limits.Rows);
        _sequences = new Sequence?[pipeline.Limits.Sequences];
        _idle.Push(AllocateBatch());
    }

    /// <summary>Creates a batch of the pipeline's maximum size. The first one uses the pipeline's own memory; that of further ones is allocated, and reused when they are disposed.</summary>
    /// <exception cref="InsufficientMemoryException">There is too little memory for another one.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use.</exception>
    public Batch NewBatch()
    {
        using SingleUser.Turn turn = TakeTurn();
        ThrowIfDisposed();
        return new(this, _idle.TryPop(out BatchBuffers? idle) ? idle : AllocateBatch(), _pipeline.Limits);
    }

    /// <summary>Opens a new, empty sequence.</summary>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or the engine is.</exception>
    public Sequence Open()
    {
        using SingleUser.Turn turn = TakeTurn();
        return OpenNext();
    }

    /// <summary>
    /// Returns the peak bytes of pages held by all sequences since the last call, keys and values: each pool at its own peak, including
    /// during steps. The next call counts from what is held now.
    /// </summary>
    public long TakePeakPageBytes()
    {
        using SingleUser.Turn turn = TakeTurn();
        return _pipeline.Pages.TakePeakBytes();
    }

    /// <summary>Opens a new, empty sequence, in a turn held by the caller.</summary>
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
    /// Takes over a text from the pipeline that this one replaced, with its keys and values, which the caller knows to be valid here. Pages that
    /// both pipelines hold are shared, others copied. Null if that is impossible.
    /// </summary>
    /// <param name="source">The text; must not be used meanwhile, and stays unchanged.</param>
    /// <param name="copiedBytes">Bytes of keys and values copied.</param>
    /// <param name="refusal">Why it is impossible, to follow "because"; null if it was done.</param>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or one of the engines is.</exception>
    public Sequence? TakeOver(Sequence source, out long copiedBytes, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(source);
        using SingleUser.Turn turn = TakeTurn();
        source.ThrowIfEnded();
        copiedBytes = 0;
        PipelineParts former = source.Engine._pipeline;
        refusal = source.Tokens > _pipeline.Limits.ContextTokens ? "the context is too short"
            : !ReferenceEquals(former.Model, _pipeline.Model) ? "the model's file is another one"
            : !_pipeline.States.AreOf(former.States) ? "components keep a state of the text that the former ones did not" : null;
        if (refusal is not null)
            return null;

        // Keys are copied only if pools differ, which is rare enough not to count how many pages that takes.
        Kept.Clear();
        Sequence taken = OpenNext();
        if ((refusal = TextTakeover.Refusal(source, taken)) is not null)
        {
            taken.Dispose();
            return null;
        }

        copiedBytes = TextTakeover.Do(source, taken);
        _pipeline.States.TakeOver(former.States, source.Id, taken.Id);
        taken.StartLedger();
        return taken;
    }

    /// <summary>Runs a step of one sequence that reads as many of its next tokens as fit. Call it again with the rest to read them all.</summary>
    /// <param name="batch">Its previous contents are discarded; it holds the logits afterwards.</param>
    /// <param name="sequence">The text.</param>
    /// <param name="tokens">At least one id.</param>
    /// <param name="phase">Whether they are from a prompt or generated.</param>
    /// <param name="logits">Which logits will be read; those of the last row are computed in the step that reads it.</param>
    /// <returns>Number of tokens read, at least 1.</returns>
    /// <exception cref="OperationCanceledException">The sequence was cancelled; tokens read by earlier steps are kept.</exception>
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

    /// <summary>The phase of rows whose logits are scored: that of answers if rows that are decoded may leave early, since they would be predicted otherwise.</summary>
    public Phase ScoringPhase => _pipeline.Exits is null ? Phase.Prefill : Phase.Decode;

    /// <summary>
    /// Runs a step of one sequence that reads as many of its next tokens as fit, with the logits of all: a text is predicted as an answer would be, one token after the other if rows may
    /// leave early. Call it again with the rest to read them all.
    /// </summary>
    /// <param name="batch">Its previous contents are discarded; it holds the logits afterwards.</param>
    /// <param name="sequence">The text.</param>
    /// <param name="tokens">At least one id.</param>
    /// <returns>Number of tokens read, at least 1.</returns>
    /// <inheritdoc cref="Step" path="/exception"/>
    public int Score(Batch batch, Sequence sequence, ReadOnlySpan<int> tokens) =>
        Step(batch, sequence, ScoringPhase == Phase.Decode ? tokens[..Math.Min(1, tokens.Length)] : tokens, ScoringPhase, LogitRows.All);

    /// <summary>
    /// Computes a batch and commits it. If a component throws, nothing of the step is kept; the sequences are then run one by one, and
    /// those that fail alone end with their <see cref="Sequence.Fault"/>. A cancelled sequence among others is simply not committed.
    /// </summary>
    /// <exception cref="ArgumentException">The batch is empty, mixes phases in a pipeline that splits them, or was filled before one of its sequences changed.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the engine.</exception>
    /// <exception cref="BudgetExceededException">The rows of a sequence may cost more than its remaining budget; nothing was computed.</exception>
    /// <exception cref="PagePoolFullException">There are too few free pages; nothing was computed.</exception>
    /// <exception cref="OperationCanceledException">Every sequence of the batch was cancelled; nothing was kept.</exception>
    /// <exception cref="ComponentException">The batch has one sequence, and a component threw; or a device of the pipeline was lost in an earlier step.</exception>
    public void Run(Batch batch) => Run(batch, null);

    /// <summary>
    /// Computes a batch and keeps as many rows of each sequence as the caller decides after seeing the logits. The other rows leave no trace:
    /// no review sees them. A sequence that keeps any is billed for all of its rows, since all were computed; one that keeps none, for nothing.
    /// </summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="keep">Receives the index of an entry, in the order of <see cref="Batch.Add"/>, whose logits can be read, and returns how many of its rows to keep, starting from the first; null to keep all.</param>
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
            RequirePages(batch);
            _steps.Run(batch, keep);
        }
        finally
        {
            _user.IsInStep = false;
        }
    }

    /// <summary>Texts of requests that ended, whose pages are given up where others need them.</summary>
    internal KeptTexts Kept { get; }

    /// <summary>Gives kept texts up until there are free pages for a text of this length, as far as that is possible.</summary>
    internal void MakeRoomFor(int tokens)
    {
        while (!_pipeline.Pages.Demand.HasFreePagesFor(tokens) && Kept.FreeSome())
        {
        }
    }

    private void RequirePages(Batch batch)
    {
        while (_pipeline.Pages.Demand.RefusalOf(batch) is { } refusal)
        {
            if (!Kept.FreeSome())
                throw refusal;
        }
    }

    /// <summary>The component that ran last: while a step runs, the one that runs, or the scheduler that decides about it. For messages; may be read by any thread.</summary>
    public string LastComponent
    {
        get
        {
            if (_pipeline.Scheduler is { IsDeciding: true } scheduler)
                return $"scheduler {scheduler.Name}";

            (string role, string component, int? layer) = _steps.At;
            return $"{role} {component}{(layer is { } index ? $" in layer {index}" : "")}";
        }
    }

    /// <summary>Whether a device is lost, so that no more steps can run.</summary>
    internal bool IsLost => _steps.Lost is not null;

    /// <summary>The positions that no step crosses.</summary>
    internal ReviewBorders Borders => _pipeline.Pages.Borders;

    /// <summary>[C]: a row after the final norm from the last step.</summary>
    internal ReadOnlySpan<float> NormedRow(int row) => _pipeline.Domains.Host.Normed(row + 1).At(row).AsSpan<float>();

    /// <summary>Per-sequence states of components, in addition to the pages.</summary>
    internal SequenceStates States => _pipeline.States;

    internal PipelineParts Parts => _pipeline;

    /// <summary>Computes the maximum cost of rows before they are run.</summary>
    internal BudgetGuard Guard { get; }

    /// <summary>Creates an empty ledger for a sequence with these pages.</summary>
    internal Ledger NewLedger(PageTable[] tables, Budget? limit = null, Ledger? sharer = null)
    {
        Ledger ledger = new(_pipeline.Costs, limit, sharer);
        StepMeter.Keep(ledger, tables);
        return ledger;
    }

    internal void Close(Sequence sequence) => _sequences[sequence.Id] = null;

    /// <summary>Refuses everything from now on: the pipeline is being disposed. Pages shared with another pipeline become free for it.</summary>
    internal void Close()
    {
        _isClosed = true;
        Kept.Clear();
        foreach (Sequence? sequence in _sequences)
            sequence?.GivePagesBack();
    }

    /// <summary>Takes back the memory of a disposed batch.</summary>
    internal void Return(BatchBuffers buffers)
    {
        using SingleUser.Turn turn = TakeTurn();
        if (!_isClosed)
            _idle.Push(buffers);
    }

    /// <summary>Whether another sequence can be opened.</summary>
    internal bool HasFreeSequence => Array.IndexOf(_sequences, null) >= 0;

    /// <summary>Number of sequences that can be opened.</summary>
    internal int FreeSequences => _sequences.AsSpan().Count((Sequence?)null);

    /// <summary>Whether keys of a token that was decoded may differ from those of the same token in a prompt.</summary>
    internal bool KeysDependOnPhase => SplitsPhases || _pipeline.Exits is not null;

    /// <summary>Whether a step decodes at most one row of a sequence: rows that left have no keys in later layers, and others would have to be computed without them.</summary>
    internal bool DecodesOneByOne => _pipeline.Depth?.Exits?.Missing == MissingKeys.Hole;

    /// <summary>Whether each step has only one phase.</summary>
    internal bool SplitsPhases => _pipeline.SplitsPhases;

    /// <summary>Whether there are pages for a sequence that reads this many more tokens, even if it begins with a page that it shares.</summary>
    /// <param name="tokens">At least 0.</param>
    public bool HasRoomFor(int tokens)
    {
        using SingleUser.Turn turn = TakeTurn();
        return _pipeline.Pages.Demand.HasRoomFor([tokens, 1]);
    }

    /// <summary>Whether there are pages for sequences that each read this many more tokens.</summary>
    internal bool HasPagesFor(ReadOnlySpan<int> tokens) => _pipeline.Pages.Demand.HasRoomFor(tokens);

    /// <inheritdoc cref="SingleUser.Take"/>
    internal SingleUser.Turn TakeTurn() => _user.Take();

    /// <inheritdoc cref="SingleUser.Wait"/>
    internal SingleUser.Turn WaitForTurn() => _user.Wait();

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isClosed, this);

    private BatchBuffers AllocateBatch() => BatchBuffers.Allocate(_pipeline.Memory, _pipeline.Host, _pipeline.Limits, _pipeline.Model.Vocabulary);
}
