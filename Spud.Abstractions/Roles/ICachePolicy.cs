namespace Spud;

/// <summary>Decides what is kept of each token and how; the host keeps it.</summary>
public interface ICachePolicy : IDisposable
{
    /// <summary>How a layer is stored; asked once, at build.</summary>
    CacheLayout Layout(int layer);

    /// <summary>
    /// Asked at each commit that reached a review border (<see cref="CacheLayout.ReviewTokens"/>) or, without borders, completed a page's worth
    /// of tokens: where <c>Tokens / PageTokens</c> has changed, however many keys are kept. What is kept when it returns must be within
    /// <see cref="CacheLayout.TokensAtMost"/>.
    /// </summary>
    void Review(int layer, IHistory history);
}
