using Spud.Composition;
using Spud.Execution;

namespace Spud.Embeddings;

/// <summary>Reads a text and pools its rows after the final norm.</summary>
internal static class TextEmbedder
{
    /// <param name="pipeline">A pipeline whose head provides normed rows.</param>
    /// <param name="tokens">At least one id, at most the context.</param>
    /// <param name="pooling">How rows are pooled.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static TextEmbedding Embed(Pipeline pipeline, ReadOnlySpan<int> tokens, Pooling pooling, CancellationToken cancellation)
    {
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        sequence.Cancellation = cancellation;
        double[] sum = new double[pipeline.Model.HiddenWidth];
        while (sequence.Tokens < tokens.Length)
        {
            ReadOnlySpan<int> rest = tokens[sequence.Tokens..];
            batch.Clear();
            int rows = batch.Fill(sequence, rest, Phase.Prefill, LogitRows.None);
            batch.NormedRows = pooling == Pooling.Mean ? LogitRows.All : rows == rest.Length ? LogitRows.Last : LogitRows.None;
            pipeline.Engine.Run(batch);
            cancellation.ThrowIfCancellationRequested();
            for (int row = 0; row < batch.NormedRows.Of(rows); row++)
                Add(batch.Normed(row), sum);
        }

        return new(Normalised(sum), tokens.Length) { Ledger = sequence.Ledger };
    }

    private static void Add(ReadOnlySpan<float> row, double[] sum)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += row[i];
    }

    // The length of the sum for a mean does not matter.
    private static float[] Normalised(double[] sum)
    {
        double length = Math.Sqrt(sum.Sum(static value => value * value));
        return [.. sum.Select(value => length == 0 ? 0 : (float)(value / length))];
    }
}
