using Spud;

namespace Reference;

/// <summary>
/// Every KV head has pages of its own. Some heads forget what is neither at the start of the text nor recent; what the others keep is
/// moved, when it is no longer recent, into a pool of another format.
/// </summary>
internal sealed class StreamingCache(StreamingOptions options, IBuildContext build) : ICachePolicy
{
    public CacheLayout Layout(int layer)
    {
        (int context, int page, int heads) = (build.Limits.ContextTokens, Math.Min(options.PageTokens, build.Limits.ContextTokens), Heads(layer));
        // Between two reviews a page fills up, and a step of Rows tokens may come.
        long recent = Math.Min(context, (long)options.Recent + 2 * page + build.Limits.Rows), older = 0;
        for (int head = 0; head < heads; head++)
            older += Forgets(head) ? Math.Min(context, options.Sinks + page) : context;

        return new CacheLayout(
            new PoolLayout { PageTokens = page, Keys = options.Format, Values = options.Format, PerHead = true, KeysAtMost = checked((int)(heads * recent)) },
            new PoolLayout { PageTokens = page, Keys = options.Older, Values = options.Older, PerHead = true, KeysAtMost = checked((int)older) });
    }

    public void Review(int layer, IHistory history)
    {
        int firstRecent = history.Tokens - options.Recent;
        for (int head = 0; head < Heads(layer); head++)
        {
            ReadOnlySpan<KeyRun> runs = history.RunsOf(0, head);
            for (int run = 0; run < runs.Length; run++)
            {
                if (Forgets(head))
                    Forget(history, head, run, firstRecent);
                if (runs[run].LastPosition < firstRecent)
                    history.Encode(0, head, run, 1);
            }
        }
    }

    public void Dispose()
    {
    }

    private int Heads(int layer) => build.Model.Layers[layer].Kv.Heads;

    private bool Forgets(int head) => head < options.StreamingHeads;

    private void Forget(IHistory history, int head, int run, int firstRecent)
    {
        ReadOnlySpan<int> positions = history.PositionsOf(0, history.RunsOf(0, head)[run]);
        int first = 0, end = 0;
        while (first < positions.Length && positions[first] < options.Sinks)
            first++;
        while (end < positions.Length && positions[end] < firstRecent)
            end++;

        if (first < end)
            history.Drop(0, head, run, first, end - first);
    }
}
