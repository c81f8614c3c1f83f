using Spud.Composition;

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
}
