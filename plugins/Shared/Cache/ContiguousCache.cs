using Spud;

namespace Backend.Shared.Cache;

/// <summary>
/// One page per sequence and layer, as long as the context, that keeps every key: a sequence is one run, which an attention can read in
/// place. Memory is touched, and so committed, only up to the length of the sequence.
/// </summary>
internal sealed class ContiguousCache(CacheOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        ElementType type = options.Format switch
        {
            PageFormat.F32 => ElementType.F32,
            PageFormat.F16 => ElementType.F16,
            PageFormat.BF16 => ElementType.BF16,
            _ => throw new InvalidOperationException($"unknown page format {options.Format}"),
        };
        int tokens = build.Limits.ContextTokens;
        return new CacheLayout { PageTokens = tokens, Keys = type, Values = type, TokensAtMost = tokens };
    }

    public void Review(int layer, IHistory history)
    {
    }

    public void Dispose()
    {
    }
}
