using Spud;

namespace Reference;

/// <summary>A policy that goes wrong in one way.</summary>
internal sealed class FaultyCache(ICachePolicy cache, Fault fault, IBuildContext build) : ICachePolicy
{
    private object? _last;

    public CacheLayout Layout(int layer)
    {
        CacheLayout layout = cache.Layout(layer);
        if (!layout.Pools.IsEmpty)
            return layout;

        return new()
        {
            PageTokens = fault == Fault.HasNoLayout ? 0 : layout.PageTokens,
            Keys = layout.Keys,
            Values = layout.Values,
            TokensAtMost = layout.TokensAtMost,
        };
    }

    public void Review(int layer, IHistory history)
    {
        int wanted = (int)Math.Min(build.Model.Layers[layer].Number(Trait.Window, history.Tokens), history.Tokens) / 2;
        switch (fault)
        {
            case Fault.KeepsTooMuch:
                return;
            case Fault.DropsWhatIsNotThere:
                history.Drop(0, 0, history.Runs[0].Keys + 1);
                return;
            case Fault.KeepsLastOnly:
                for (int run = 0; run < history.Runs.Length; run++)
                {
                    KeyRun keys = history.Runs[run];
                    int gone = keys.LastPosition == history.Tokens - 1 ? keys.Keys - 1 : keys.Keys;
                    if (gone > 0)
                        history.Drop(run, 0, gone);
                }

                return;
            case Fault.DropsTooMuch:
                for (int run = history.Runs.Length - 1; run >= 0; run--)
                {
                    if (history.Runs[run] is var keys && keys.LastPosition < history.Tokens - wanted)
                        history.Drop(run, 0, keys.Keys);
                }

                return;
            case Fault.MovesNewestFirst when history.RunsOf(0, 0).Length > 1:
                for (int run = history.RunsOf(0, 0).Length - 1; run >= 0; run--)
                    history.Encode(0, 0, run, 1);
                return;
            case Fault.Allocates:
                _last = new object();
                break;
        }

        cache.Review(layer, history);
        GC.KeepAlive(_last);
    }

    public void Dispose() => cache.Dispose();
}
