using Spud;

namespace Reference;

/// <summary>Keeps every key that a row to come may see (the whole history, or the window of a layer that has one), or only the latest of them.</summary>
internal sealed class ReferenceCache(CacheOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        int page = Math.Min(options.PageTokens, build.Limits.ContextTokens);
        long most = (long)Math.Min(Window(layer), build.Limits.ContextTokens) + build.Limits.Rows + 2 * page;
        if (options.PerHead)
        {
            return new CacheLayout(new PoolLayout
            {
                PageTokens = page,
                Keys = options.Format,
                Values = options.Values ?? options.Format,
                PerHead = true,
                KeysAtMost = (int)Math.Min(most, build.Limits.ContextTokens) * build.Model.Layers[layer].Kv.Heads,
            });
        }

        return new()
        {
            PageTokens = page,
            Keys = options.Format,
            Values = options.Values ?? options.Format,
            TokensAtMost = (int)Math.Min(most, build.Limits.ContextTokens),
        };
    }

    public void Review(int layer, IHistory history)
    {
        // The next row stands at position Tokens and sees positions above Tokens - window.
        double firstSeen = history.Tokens - Window(layer) + 1;
        for (int head = 0; head < (options.PerHead ? build.Model.Layers[layer].Kv.Heads : 1); head++)
        {
            ReadOnlySpan<KeyRun> runs = history.RunsOf(0, head);
            for (int run = 0; run < runs.Length && runs[run].LastPosition < firstSeen; run++)
                history.Drop(0, head, run, 0, runs[run].Keys);
        }
    }

    public void Dispose()
    {
    }

    // A row to come sees itself and what is kept.
    private float Window(int layer) => Math.Min(build.Model.Layers[layer].Number(Trait.Window, float.PositiveInfinity), options.Keep + 1 ?? float.PositiveInfinity);
}
