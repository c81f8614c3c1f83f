using Spud;

namespace Wrapper;

/// <summary>A policy inside a policy.</summary>
internal sealed class CountedCache(WrapperOptions options, IBuildContext build) : ICachePolicy
{
    private readonly ICachePolicy _inner = build.Component<ICachePolicy>(options.Inner);

    public CacheLayout Layout(int layer) => _inner.Layout(layer);

    public void Review(int layer, IHistory history) => _inner.Review(layer, history);

    public void Dispose()
    {
    }
}
