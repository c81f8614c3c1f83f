using Spud;

namespace Reference;

/// <summary>Keeps every key that a row to come may see: the whole history, or the window of a layer that has one.</summary>
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
        // The next row stands at position Tokens and sees positions above Tokens - window. Newest first: a drop moves what follows.
        double firstSeen = history.Tokens - Window(layer) + 1;
        for (int run = history.Runs.Length - 1; run >= 0; run--)
        {
            if (history.Runs[run] is var keys && keys.LastPosition < firstSeen)
                history.Drop(run, 0, keys.Keys);
        }
    }

    public void Dispose()
    {
    }

    private float Window(int layer) => build.Model.Layers[layer].Number(Trait.Window, float.PositiveInfinity);
}
