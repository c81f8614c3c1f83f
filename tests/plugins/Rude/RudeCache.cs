using Spud;

namespace Rude;

/// <summary>Keeps everything.</summary>
internal sealed class RudeCache(string breaks, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer) => breaks switch
    {
        "layout" => throw new NotSupportedException("flat"),
        "no layout" => null!,
        _ => new() { PageTokens = 16, Keys = ElementType.F32, Values = ElementType.F32, TokensAtMost = build.Limits.ContextTokens },
    };

    public void Review(int layer, IHistory history)
    {
    }

    public void Dispose()
    {
    }
}
