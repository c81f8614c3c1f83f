using Spud;

namespace Backend.Torch.Cache;

/// <summary>
/// One page per sequence and layer, as long as the context: keys and values of a sequence lie in one piece, which attention reads where it
/// lies. Everything is kept: a page that is in use cannot become shorter.
/// </summary>
internal sealed class ContiguousCache(CacheOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        ElementType type = options.Format switch
        {
            PageFormat.F32 => ElementType.F32,
            PageFormat.BF16 => ElementType.BF16,
            PageFormat.F16 => ElementType.F16,
            _ => throw new InvalidOperationException($"unknown page format {options.Format}"),
        };
        int context = build.Limits.ContextTokens;
        return new CacheLayout { PageTokens = context, Keys = type, Values = type, TokensAtMost = context };
    }

    public void Review(int layer, IHistory history)
    {
    }

    public void Dispose()
    {
    }
}
