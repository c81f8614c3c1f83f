using Cache.Shared;
using Spud;

namespace Backend.Cpu.Cache;

/// <summary>Keeps every key that a future row may see: the whole history, or the window of a layer that has one.</summary>
internal sealed class PlainCache(CacheOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        ElementType type = options.Format.Type();
        int page = Math.Min(options.PageTokens, build.Limits.ContextTokens);
        return new CacheLayout { PageTokens = page, Keys = type, Values = type, TokensAtMost = TokensAtMost(layer, page) };
    }

    public void Review(int layer, IHistory history)
    {
        if (Window(layer) is not { } window)
            return;

        // The next row is at position Tokens and sees positions above Tokens - window.
        int firstSeen = history.Tokens - window + 1;
        for (int run = 0; run < history.Runs.Length; run++)
            if (history.Runs[run] is var keys && keys.LastPosition < firstSeen)
                history.Drop(run, 0, keys.Keys);
    }

    public void Dispose()
    {
    }

    // A step of Rows tokens may occur between two reviews; the oldest and the newest page need not be full.
    private int TokensAtMost(int layer, int page) => Window(layer) is { } window
        ? (int)Math.Min(build.Limits.ContextTokens, (long)window + build.Limits.Rows + 2 * page)
        : build.Limits.ContextTokens;

    private int? Window(int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        return model.Has(Trait.Window) ? (int)model.Number(Trait.Window, 0) : null;
    }
}
