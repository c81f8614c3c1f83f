using Spud.Configuration;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Runs steps of a pipeline as transactions. What a step appended is kept only when it succeeds; a component that throws ends the one
/// sequence that it fails on, never the process. One thread at a time uses it and its sequences; a second one is refused.
/// </summary>
public sealed class Engine
{
    private readonly PipelineParts _pipeline;
    private readonly PipelineCosts _costs;
    private readonly StepMeter _meter;
    private readonly BudgetGuard _guard;
    private readonly ForwardPass _pass;
    private readonly Sequence?[] _sequences;
    private readonly Stack<BatchBuffers> _idle = [];
    private readonly int[] _kept;
    private readonly Action<IMemoryDomain, ComponentException> _lose;
    private ComponentException? _lost;
    private bool _isClosed;
    private int _user;
    private bool _runs;

    /// <param name="pipeline">What steps run on.</param>
    /// <param name="lose">Told the domain and the fault when a device is lost; every later step is refused.</param>
    internal Engine(PipelineParts pipeline, Action<IMemoryDomain, ComponentException> lose)
    {
        (_pipeline, _costs, _lose) = (pipeline, pipeline.Costs, lose);
        _meter = new StepMeter(_costs, pipeline.Limits.Sequences, pipeline.Model.Layers.Max(layer => layer.Experts));
        _guard = new BudgetGuard(_costs, pipeline.Limits.Rows);
        _pass = new ForwardPass(_pipeline, _meter);
        _sequences = new Sequence?[pipeline.Limits.Sequences];
        _kept = new int[pipeline.Limits.StepSequences];
        _idle.Push(AllocateBatch());
    }

    /// <summary>A batch of the pipeline's largest size. The first one's memory is the pipeline's own; that of further ones is allocated, and reused when they are disposed.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for another one.</exception>
    /// <exception cref="InvalidOperationException">The engine is in use.</exception>
    public Batch NewBatch()
    {
        using Turn turn = TakeTurn();
        ThrowIfDisposed();
        return new(this, _idle.TryPop(out BatchBuffers? idle) ? idle : AllocateBatch(), _pipeline.Limits);
    }

    /// <summary>A new, empty sequence.</summary>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or the engine is.</exception>
    public Sequence Open()
    {
        using Turn turn = TakeTurn();
        return OpenNext();
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
    /// A text of the pipeline that this one was exchanged for, with its keys and values, which the caller knows to mean the same here. Pages that
    /// both pipelines hold are shared, others copied. Null where neither can be: they lie in other domains or formats, or another policy kept
    /// them, the text is too long, or components keep a state of it that the former ones did not.
    /// </summary>
    /// <param name="source">Not used meanwhile; stays as it is.</param>
    /// <param name="copiedBytes">Bytes of keys and values that were copied.</param>
    /// <exception cref="InvalidOperationException">All sequences of the pipeline are in use, or one of the engines is.</exception>
    public Sequence? TakeOver(Sequence source, out long copiedBytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        using Turn turn = TakeTurn();
        source.ThrowIfEnded();
        copiedBytes = 0;
        PipelineParts former = source.Engine._pipeline;
        if (source.Tokens > _pipeline.Limits.ContextTokens || !ReferenceEquals(former.Model, _pipeline.Model) || !_pipeline.States.AreOf(former.States))
            return null;

        Sequence taken = OpenNext();
        if (!taken.Tables.Zip(source.Tables).All(static pair => pair.First.CanTakeOver(pair.Second)))
        {
            taken.Dispose();
            return null;
        }

        for (int layer = 0; layer < taken.Tables.Length; layer++)
            copiedBytes += taken.Tables[layer].TakeOver(source.Tables[layer]);

        _pipeline.States.TakeOver(former.States, source.Id, taken.Id);
        taken.Append(source.Ids);
        taken.StartLedger();
        return taken;
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
        using Turn turn = TakeTurn();
        batch.ThrowIfDisposed();
        if (batch.Sequences == 0)
            throw new ArgumentException("engine: the batch is empty", nameof(batch));

        _runs = true;
        try
        {
            RunStep(batch, keep);
        }
        finally
        {
            _runs = false;
        }
    }

    private void RunStep(Batch batch, Func<int, int>? keep)
    {
        if (_lost is { } lost)
            throw lost;

        RequireCurrent(batch);
        RequireOnePhase(batch);
        RequireNormedRows(batch);
        _guard.Require(batch.Entries);
        _pipeline.Pages.Reserve(batch);
        if (Compute(batch) is not { } fault)
            Commit(batch, keep, 0);
        else if (batch.Sequences == 1)
            batch.Entries[0].Sequence.End(fault);
        else
            RunOneByOne(batch, keep);

        Report(batch);
    }

    /// <summary>Whether a device is lost, so that no step is computed any more.</summary>
    internal bool IsLost => _lost is not null;

    /// <summary>The positions that no step crosses.</summary>
    internal ReviewBorders Borders => _pipeline.Pages.Borders;

    /// <summary>[C]: a row behind the final norm that the last step left.</summary>
    internal ReadOnlySpan<float> NormedRow(int row) => _pipeline.Domains.Host.Normed(row + 1).At(row).AsSpan<float>();

    private void RequireNormedRows(Batch batch)
    {
        if (batch.NormedRows == LogitRows.None)
            return;
        if (_pipeline.Head.Component is not IFinalNorm)
            throw new NotSupportedException($"Head '{_pipeline.Head.Name}' gives no rows behind the final norm (IFinalNorm), of which embeddings are made. Choose another head.");
        if (batch.Sequences != 1)
            throw new ArgumentException($"engine: rows behind the final norm are read of one sequence, the batch has {batch.Sequences}", nameof(batch));
    }

    /// <summary>What components keep of sequences, in addition to the pages.</summary>
    internal SequenceStates States => _pipeline.States;

    /// <summary>What rows may cost before they are run.</summary>
    internal BudgetGuard Guard => _guard;

    /// <summary>An empty ledger for a sequence with these pages.</summary>
    internal Ledger NewLedger(PageTable[] tables, Budget? limit = null, Ledger? sharer = null)
    {
        Ledger ledger = new(_costs, limit, sharer);
        StepMeter.Keep(ledger, tables);
        return ledger;
    }

    internal void Close(Sequence sequence) => _sequences[sequence.Id] = null;

    /// <summary>Refuses everything from now on: the pipeline is being disposed. Pages that another pipeline holds too are free for it.</summary>
    internal void Close()
    {
        _isClosed = true;
        foreach (Sequence? sequence in _sequences)
            sequence?.GivePagesBack();
    }

    /// <summary>Takes the memory of a batch that is no longer used.</summary>
    internal void Return(BatchBuffers buffers)
    {
        using Turn turn = TakeTurn();
        if (!_isClosed)
            _idle.Push(buffers);
    }

    /// <summary>Whether another sequence can be opened.</summary>
    internal bool HasFreeSequence => Array.IndexOf(_sequences, null) >= 0;

    /// <summary>Whether a step has one phase only.</summary>
    internal bool SplitsPhases => _pipeline.SplitsPhases;

    /// <summary>Whether a sequence that reads so many more tokens finds pages for them, even if it begins with a page that it shares.</summary>
    /// <param name="tokens">At least 0.</param>
    public bool HasRoomFor(int tokens)
    {
        using Turn turn = TakeTurn();
        return _pipeline.Pages.HasRoomFor([tokens, 1]);
    }

    /// <summary>Whether sequences that read so many more tokens each find pages for them.</summary>
    internal bool HasPagesFor(ReadOnlySpan<int> tokens) => _pipeline.Pages.HasRoomFor(tokens);

    /// <summary>Makes the calling thread the engine's user until the turn is disposed. A user takes turns within its turn, but not within a step.</summary>
    /// <exception cref="InvalidOperationException">It has another user, or runs a step.</exception>
    internal Turn TakeTurn()
    {
        int self = Environment.CurrentManagedThreadId, user = Interlocked.CompareExchange(ref _user, self, 0);
        if (user == 0)
            return new Turn(this);
        if (user == self && !_runs)
            return default;

        throw new InvalidOperationException(user == self
            ? "The engine is in use: a component cannot call it in the middle of a step."
            : "The engine is in use by another thread. One thread at a time runs steps, and opens, changes or disposes sequences and batches.");
    }

    /// <summary>Takes a turn as soon as it is free.</summary>
    internal Turn WaitForTurn()
    {
        SpinWait wait = default;
        while (Interlocked.CompareExchange(ref _user, Environment.CurrentManagedThreadId, 0) != 0)
            wait.SpinOnce();

        return new Turn(this);
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isClosed, this);

    /// <summary>The first layer that has dropped or re-encoded keys which a text of so many tokens needs; null: none has.</summary>
    internal int? DroppedBy(Sequence sequence, int tokens)
    {
        for (int layer = 0; layer < sequence.Tables.Length && tokens > 0; layer++)
        {
            float window = _pipeline.Model.Layers[layer].Number(Trait.Window, float.PositiveInfinity);
            if (!sequence.Tables[layer].CanTruncate(tokens, window))
                return layer;
        }

        return null;
    }

    /// <summary>What a component threw, with its name; the step is rolled back then.</summary>
    private ComponentException? Compute(Batch batch)
    {
        try
        {
            _pass.Run(batch);
            return null;
        }
        catch (Exception fault)
        {
            PageStore.Rollback(batch);
            if (fault is OperationCanceledException && batch.IsCancelled)
                throw;

            (string role, string component, int? layer) = _pass.At;
            ComponentException named = new(role, component, layer, fault);
            if (fault is DeviceLostException lost)
                _lose(lost.Domain ?? _pass.Domain, _lost = named);

            return named;
        }
    }

    /// <param name="batch">Computed.</param>
    /// <param name="keep">As in <see cref="Run(Batch, Func{int, int}?)"/>.</param>
    /// <param name="first">Its first entry's place in the caller's batch.</param>
    private void Commit(Batch batch, Func<int, int>? keep, int first)
    {
        AskWhatToKeep(batch, keep, first);
        for (int i = 0; i < batch.Sequences; i++)
        {
            ref readonly BatchEntry entry = ref batch.Entries[i];
            if (_kept[i] == 0 || entry.Sequence.Cancellation.IsCancellationRequested)
                PageStore.Rollback(entry.Sequence);
            else
                Commit(entry, batch.TokensOf(entry)[.._kept[i]]);
        }

        _meter.Stamp(PipelineCosts.SlotOf(_costs.Layers, Role.Cache));
        for (int i = 0; i < batch.Sequences; i++)
        {
            // What was not kept is not billed.
            ref readonly BatchEntry entry = ref batch.Entries[i];
            if (entry.Sequence.Tokens != entry.FirstPosition)
                _meter.AddTo(entry.Sequence.Ledger, i, entry);
        }
    }

    private void AskWhatToKeep(Batch batch, Func<int, int>? keep, int first)
    {
        try
        {
            for (int i = 0; i < batch.Sequences; i++)
            {
                int rows = batch.Entries[i].Rows;
                _kept[i] = keep?.Invoke(first + i) ?? rows;
                if ((uint)_kept[i] > (uint)rows)
                    throw new ArgumentOutOfRangeException(nameof(keep), $"engine: {_kept[i]} rows of entry {first + i} are to be kept, it has {rows}");
            }
        }
        catch
        {
            PageStore.Rollback(batch);
            throw;
        }
    }

    private void Commit(in BatchEntry entry, ReadOnlySpan<int> ids)
    {
        Sequence sequence = entry.Sequence;
        int layer = 0;
        try
        {
            _pipeline.States.Commit(entry, ids.Length);
            sequence.Write(ids);
            for (; layer < sequence.Tables.Length; layer++)
                _pipeline.Pages.Commit(layer, sequence, sequence.Tokens + ids.Length);

            sequence.Append(ids);
        }
        catch (Exception fault)
        {
            sequence.End(fault as ComponentException ?? new ComponentException(Roles.Cache, _pipeline.Cache.Name, layer, fault));
        }
    }

    private void RunOneByOne(Batch batch, Func<int, int>? keep)
    {
        for (int i = 0; i < batch.Sequences; i++)
        {
            BatchEntry entry = batch.Entries[i];
            // One that was cancelled is not committed, like any cancelled one among others.
            if (entry.Sequence.Cancellation.IsCancellationRequested)
                continue;

            if (_lost is { } lost)
            {
                entry.Sequence.End(lost);
                continue;
            }

            try
            {
                RunAlone(batch.Only(i), keep, i);
            }
            finally
            {
                batch.Rejoin(i);
            }
        }
    }

    private void RunAlone(Batch alone, Func<int, int>? keep, int index)
    {
        try
        {
            if (Compute(alone) is { } fault)
                alone.Entries[0].Sequence.End(fault);
            else
                Commit(alone, keep, index);
        }
        catch (OperationCanceledException)
        {
            // Cancelled while it ran: rolled back already.
        }
    }

    private static void Report(Batch batch)
    {
        if (batch.Sequences == 1 && batch.Entries[0].Sequence.Fault is { } fault)
            throw fault;

        if (!batch.IsCancelled)
            return;

        foreach (BatchEntry entry in batch.Entries)
        {
            if (entry.Sequence.Fault is not null || entry.Sequence.Tokens != entry.FirstPosition)
                return;
        }

        throw new OperationCanceledException(batch.Entries[0].Sequence.Cancellation);
    }

    private void RequireCurrent(Batch batch)
    {
        foreach (BatchEntry entry in batch.Entries)
        {
            Sequence sequence = entry.Sequence;
            sequence.ThrowIfEnded();
            if (!sequence.BelongsTo(this))
                throw new ArgumentException($"engine: sequence {sequence.Id} belongs to another engine", nameof(batch));
            if (sequence.Tokens != entry.FirstPosition)
                throw new ArgumentException($"engine: sequence {sequence.Id} has {sequence.Tokens} tokens, and had {entry.FirstPosition} when it was added: clear the batch and add it again", nameof(batch));
        }
    }

    private void RequireOnePhase(Batch batch)
    {
        if (!_pipeline.SplitsPhases)
            return;

        foreach (BatchEntry entry in batch.Entries)
        {
            if (entry.Phase != batch.Entries[0].Phase)
                throw new ArgumentException("engine: this pipeline names other components for decode than for prefill, so a batch has one phase only", nameof(batch));
        }
    }

    private BatchBuffers AllocateBatch() => BatchBuffers.Allocate(_pipeline.Memory, _pipeline.Host, _pipeline.Limits, _pipeline.Model.Vocabulary);

    /// <summary>While it lasts, the calling thread is the engine's only user.</summary>
    internal readonly ref struct Turn(Engine? engine)
    {
        public void Dispose()
        {
            if (engine is not null)
                Volatile.Write(ref engine._user, 0);
        }
    }
}
