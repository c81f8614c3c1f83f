using Spud.Composition;
using Spud.Execution;

namespace Spud.Embeddings;

/// <summary>A text that is read for its embedding, in parts: the caller must be the engine's user during each of them.</summary>
/// <param name="pipeline">A pipeline whose head provides normed rows.</param>
/// <param name="tokens">At least one id, at most the context.</param>
/// <param name="pooling">How rows are pooled.</param>
/// <param name="cancellation">Cancels a part within a layer.</param>
internal sealed class TextReading(Pipeline pipeline, int[] tokens, Pooling pooling, CancellationToken cancellation) : IDisposable
{
    private readonly double[] _sum = new double[pipeline.Model.HiddenWidth];
    private Sequence? _sequence;
    private Batch? _batch;

    /// <summary>The engine that reads it.</summary>
    public Engine Engine => pipeline.Engine;

    /// <summary>Whether it has a sequence.</summary>
    public bool HasBegun => _sequence is not null;

    /// <summary>Reads a part.</summary>
    /// <param name="maxRows">Maximum length of the part.</param>
    /// <returns>The embedding, if it was the last part; else null.</returns>
    /// <exception cref="InvalidOperationException">All sequences are in use.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TextEmbedding? Advance(int maxRows)
    {
        Sequence sequence = _sequence ??= Open();
        Batch batch = _batch ??= Engine.NewBatch();
        ReadOnlySpan<int> rest = tokens.AsSpan(sequence.Tokens);
        batch.Clear();
        int rows = batch.Fill(sequence, rest[..Math.Min(maxRows, rest.Length)], Phase.Prefill, LogitRows.None);
        batch.NormedRows = pooling == Pooling.Mean ? LogitRows.All : rows == rest.Length ? LogitRows.Last : LogitRows.None;
        Engine.Run(batch);
        cancellation.ThrowIfCancellationRequested();
        for (int row = 0; row < batch.NormedRows.Of(rows); row++)
            Add(batch.Normed(row));

        return sequence.Tokens < tokens.Length ? null : new(Normalised(_sum), tokens.Length) { Ledger = sequence.Ledger };
    }

    /// <summary>Gives sequence and memory back; reading begins anew with the next part.</summary>
    public void Dispose()
    {
        _batch?.Dispose();
        _sequence?.Dispose();
        (_batch, _sequence) = (null, null);
        Array.Clear(_sum);
    }

    private Sequence Open()
    {
        Sequence sequence = Engine.Open();
        sequence.Cancellation = cancellation;
        return sequence;
    }

    private void Add(ReadOnlySpan<float> row)
    {
        for (int i = 0; i < _sum.Length; i++)
            _sum[i] += row[i];
    }

    // The length of the sum for a mean does not matter.
    private static float[] Normalised(double[] sum)
    {
        double length = Math.Sqrt(sum.Sum(static value => value * value));
        return [.. sum.Select(value => length == 0 ? 0 : (float)(value / length))];
    }
}
