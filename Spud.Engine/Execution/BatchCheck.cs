namespace Spud.Execution;

/// <summary>Checks that a batch can be run.</summary>
internal static class BatchCheck
{
    /// <exception cref="ArgumentException">A sequence belongs to another engine or has changed, phases are mixed in a pipeline that splits them, or normed rows are requested for several sequences.</exception>
    /// <exception cref="NotSupportedException">The head does not provide normed rows.</exception>
    public static void Require(Batch batch, Engine engine, PipelineParts pipeline)
    {
        foreach (BatchEntry entry in batch.Entries)
        {
            RequireCurrent(batch, entry, engine);
            if (pipeline.SplitsPhases && entry.Phase != batch.Entries[0].Phase)
                throw new ArgumentException("engine: this pipeline names other components for decode than for prefill, so a batch has one phase only", nameof(batch));
        }

        if (batch.NormedRows != LogitRows.None)
            RequireNormedRows(batch, pipeline);
    }

    private static void RequireCurrent(Batch batch, in BatchEntry entry, Engine engine)
    {
        Sequence sequence = entry.Sequence;
        sequence.ThrowIfEnded();
        if (!sequence.BelongsTo(engine))
            throw new ArgumentException($"engine: sequence {sequence.Id} belongs to another engine", nameof(batch));
        if (sequence.Tokens != entry.FirstPosition)
            throw new ArgumentException($"engine: sequence {sequence.Id} has {sequence.Tokens} tokens, and had {entry.FirstPosition} when it was added: clear the batch and add it again", nameof(batch));
    }

    private static void RequireNormedRows(Batch batch, PipelineParts pipeline)
    {
        if (pipeline.Head.Component is not IFinalNorm)
            throw new NotSupportedException($"Head '{pipeline.Head.Name}' gives no rows behind the final norm (IFinalNorm), of which embeddings are made. Choose another head.");
        if (batch.Sequences != 1)
            throw new ArgumentException($"engine: rows behind the final norm are read of one sequence, the batch has {batch.Sequences}", nameof(batch));
    }
}
