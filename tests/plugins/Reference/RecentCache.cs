using Spud;

namespace Reference;

/// <summary>A policy that forgets keys which rows to come would see: at each review it keeps the last tokens alone.</summary>
internal sealed class RecentCache(RecentOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        int page = Math.Min(options.PageTokens, build.Limits.ContextTokens), review = options.ReviewTokens ?? page;
        return new()
        {
            PageTokens = page,
            Keys = options.Format,
            Values = options.Format,
            // The last ones, and those since.
            TokensAtMost = (int)Math.Min((long)options.Keep + review, build.Limits.ContextTokens),
            ReviewTokens = options.ReviewTokens,
        };
    }

    public void Review(int layer, IHistory history)
    {
        int firstKept = history.Tokens - options.Keep;
        for (int i = 0; i < history.Runs.Length; i++)
        {
            // Keys are let go from the beginning on, so that no run has a gap.
            KeyRun run = history.Runs[i];
            int gone = Math.Min(run.Keys, firstKept - run.FirstPosition);
            if (gone > 0)
                history.Drop(i, 0, gone);
        }
    }

    public void Dispose()
    {
    }
}
