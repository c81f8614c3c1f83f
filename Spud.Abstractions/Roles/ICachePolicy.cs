namespace Spud;

/// <summary>Decides which keys and values are kept, and in which format. The host stores them.</summary>
public interface ICachePolicy : IDisposable
{
    /// <summary>How a layer is stored. Called once for each layer, when the pipeline is built.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    CacheLayout Layout(int layer);

    /// <summary>
    /// Drops keys of a sequence, or moves them to another pool. Called at each commit that reaches a review border
    /// (<see cref="CacheLayout.ReviewTokens"/>) or, without borders, that changes <c>Tokens / PageTokens</c>, however many keys are kept. What
    /// is kept afterwards must be within <see cref="CacheLayout.TokensAtMost"/>.
    /// </summary>
    /// <param name="layer">0 .. L - 1.</param>
    /// <param name="history">The layer of the sequence; valid during the call.</param>
    void Review(int layer, IHistory history);
}
