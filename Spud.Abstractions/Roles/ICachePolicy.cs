namespace Spud;

/// <summary>Decides what is kept of each token and how; the host keeps it.</summary>
public interface ICachePolicy : IDisposable
{
    /// <summary>How a layer is stored; asked once, at build.</summary>
    CacheLayout Layout(int layer);

    /// <summary>Asked at each commit that reached a review border, or, without borders, filled a page: see <see cref="CacheLayout.ReviewTokens"/>.</summary>
    void Review(int layer, IHistory history);
}
