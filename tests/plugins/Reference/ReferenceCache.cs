using Spud;

namespace Reference;

/// <summary>Keeps every key that a row to come may see (the whole history, or the window of a layer that has one), or only the latest of them.</summary>
internal sealed class ReferenceCache(CacheOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        int page = Math.Min(options.PageTokens, build.Limits.ContextTokens);
        long most = (long)Math.Min(Window(layer), build.Limits.ContextTokens) + build.Limits.Rows + 2 * page;
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
        for (int run = 0; run < history.Runs.Length; run++)
        {
            if (history.Runs[run] is var keys && keys.LastPosition < firstSeen)
                history.Drop(run, 0, keys.Keys);
        }
    }

    public void Dispose()
    {
    }

    // A row to come sees itself and what is kept.
    private float Window(int layer) => Math.Min(build.Model.Layers[layer].Number(Trait.Window, float.PositiveInfinity), options.Keep + 1 ?? float.PositiveInfinity);
}
