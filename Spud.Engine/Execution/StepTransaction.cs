using Spud.Configuration;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Computes batches and commits them. If a component throws, nothing of the step is kept; its sequences are then run one by one, and those that
/// fail alone end.
/// </summary>
internal sealed class StepTransaction
{
    private readonly PipelineParts _pipeline;
    private readonly PipelineCosts _costs;
    private readonly StepMeter _meter;
    private readonly ForwardPass _pass;
    private readonly int[] _kept;
    private readonly Action<IMemoryDomain, ComponentException> _lose;

    /// <param name="pipeline">The pipeline on which steps run.</param>
    /// <param name="lose">Receives the domain and the fault when a device is lost.</param>
    public StepTransaction(PipelineParts pipeline, Action<IMemoryDomain, ComponentException> lose)
    {
        (_pipeline, _costs, _lose) = (pipeline, pipeline.Costs, lose);
        _meter = new StepMeter(_costs, pipeline.Limits.Sequences, _costs.Experts.Max());
        _pass = new ForwardPass(pipeline, _meter);
        _kept = new int[pipeline.Limits.StepSequences];
    }

    /// <summary>Why no more steps can run: a device is lost. Null if none.</summary>
    public ComponentException? Lost { get; private set; }

    /// <inheritdoc cref="ForwardPass.At"/>
    public (string Role, string Component, int? Layer) At => _pass.At;

    /// <inheritdoc cref="Engine.Run(Batch, Func{int, int}?)"/>
    public void Run(Batch batch, Func<int, int>? keep)
    {
        if (Compute(batch) is not { } fault)
            Commit(batch, keep, 0);
        else if (batch.Sequences == 1)
            batch.Entries[0].Sequence.End(fault);
        else
            RunOneByOne(batch, keep);

        Report(batch);
    }

    /// <summary>The exception of a component, with its name, after rolling the step back.</summary>
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

            ComponentException named = Named(fault, batch);
            if (fault is DeviceLostException lost)
                _lose(lost.Domain ?? _pass.Domain, Lost = named);

            return named;
        }
    }

    /// <summary>The exception with the component at fault. A router cannot plan from non-finite numbers: the component that left them is at fault.</summary>
    private ComponentException Named(Exception fault, Batch batch)
    {
        (string role, string component, int? layer) = _pass.At;
        if (!_pass.IsAtPlanCheck)
            return new(role, component, layer, fault);

        bool isFound = _pass.FindsNotFinite(batch);
        PageStore.Rollback(batch);
        return isFound
            ? new(_pass.At.Role, _pass.At.Component, _pass.At.Layer, new InvalidDataException("it left numbers in the hidden rows that are not finite", fault))
            : new(role, component, layer, fault);
    }

    /// <param name="batch">A computed batch.</param>
    /// <param name="keep">As in <see cref="Engine.Run(Batch, Func{int, int}?)"/>.</param>
    /// <param name="first">Index of its first entry in the caller's batch.</param>
    private void Commit(Batch batch, Func<int, int>? keep, int first)
    {
        AskWhatToKeep(batch, keep, first);
        for (int i = 0; i < batch.Sequences; i++)
        {
            ref readonly BatchEntry entry = ref batch.Entries[i];
            if (_kept[i] == 0 || entry.Sequence.Cancellation.IsCancellationRequested)
                PageStore.Rollback(entry.Sequence);
            else
            {
                Commit(entry, batch.TokensOf(entry)[.._kept[i]]);
                KeepHidden(batch, entry, _kept[i]);
            }
        }

        _meter.Stamp(PipelineCosts.SlotOf(_costs.Layers, Role.Cache));
        for (int i = 0; i < batch.Sequences; i++)
        {
            // Sequences that kept no rows are not billed.
            ref readonly BatchEntry entry = ref batch.Entries[i];
            if (entry.Sequence.Tokens != entry.FirstPosition)
                _meter.AddTo(entry.Sequence.Ledger, i, entry);
        }
    }

    // Of the last row that is kept, if its logits were read.
    private static void KeepHidden(Batch batch, in BatchEntry entry, int kept)
    {
        int row = kept - 1 - (entry.Rows - entry.LogitRows);
        if (batch.NormsLogitRows && row >= 0 && entry.Sequence.Fault is null)
            entry.Sequence.KeepHidden(batch.Normed(entry.FirstLogitRow + row));
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
            sequence.Label();
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
            // A cancelled sequence is not committed, as in a batch with others.
            if (entry.Sequence.Cancellation.IsCancellationRequested)
                continue;

            if (Lost is { } lost)
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
            // Cancelled during the step: already rolled back.
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
}
