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
    public static TextEmbedding Embed(Pipeline pipeline, int[] tokens, Pooling pooling, CancellationToken cancellation)
    {
        using TextReading reading = new(pipeline, tokens, pooling, cancellation);
        while (true)
        {
            if (reading.Advance(int.MaxValue) is { } embedding)
                return embedding;
        }
    }

    /// <summary>Reads a text and returns each of its rows after the final norm.</summary>
    /// <param name="pipeline">A pipeline whose head provides normed rows.</param>
    /// <param name="tokens">At least one id, at most the context.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>F32 [T, C].</returns>
    public static float[] Rows(Pipeline pipeline, int[] tokens, CancellationToken cancellation)
    {
        int width = pipeline.Model.HiddenWidth;
        float[] rows = new float[tokens.Length * width];
        using Sequence sequence = pipeline.Engine.Open();
        using Batch batch = pipeline.Engine.NewBatch();
        sequence.Cancellation = cancellation;
        while (sequence.Tokens < tokens.Length)
        {
            int first = sequence.Tokens;
            batch.Clear();
            int read = batch.Fill(sequence, tokens.AsSpan(first), Phase.Prefill, LogitRows.None);
            batch.NormedRows = LogitRows.All;
            pipeline.Engine.Run(batch);
            for (int row = 0; row < read; row++)
                batch.Normed(row).CopyTo(rows.AsSpan((first + row) * width));
        }

        return rows;
    }
}
