using Spud;

namespace TemplateSpace;

/// <summary>Keeps the first and the latest tokens of a text, and forgets what lies between (Xiao et al., arXiv:2309.17453).</summary>
internal sealed class RecentCache(RecentCacheOptions options, IBuildContext build) : ICachePolicy
{
    private const int PageTokens = 16;

    public CacheLayout Layout(int layer) => new()
    {
        PageTokens = PageTokens,
        Keys = ElementType.F16,
        Values = ElementType.F16,
        // The policy is asked when a page has been filled: up to then, almost a page more than it wants is kept.
        TokensAtMost = (int)Math.Min((long)options.First + options.Latest + PageTokens, build.Limits.ContextTokens),
    };

    public void Review(int layer, IHistory history)
    {
        int end = history.Tokens - options.Latest;
        for (int run = 0; run < history.Runs.Length; run++)
        {
            KeyRun keys = history.Runs[run];
            bool hasGaps = keys.LastPosition - keys.FirstPosition + 1 != keys.Keys;
            int first = Math.Clamp(options.First - keys.FirstPosition, 0, keys.Keys), last = Math.Clamp(end - keys.FirstPosition, 0, keys.Keys);
            if (hasGaps)
                (first, last) = (0, keys.FirstPosition >= options.First && keys.LastPosition < end ? keys.Keys : 0);
            if (last > first)
                history.Drop(run, first, last - first);
        }
    }

    public void Dispose()
    {
        // The host owns the pages.
    }
}
