using Spud;

namespace Cache.Compressed;

/// <summary>Streaming heads drop keys that are neither sinks nor recent, and older keys are converted to other formats.</summary>
internal class CompressedCache(LayerRules rules) : ICachePolicy
{
    protected LayerRules Rules => rules;

    public CacheLayout Layout(int layer) => rules[layer].Layout();

    public virtual void Review(int layer, IHistory history)
    {
        LayerRule rule = rules[layer];
        if (rule.Window is { } window)
            ForgetUnseen(history, window);
        if (!rule.IsLossy)
            return;

        for (int table = 0; table < rule.Tables; table++)
            Review(rule, history, table);
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }

    private static void Review(LayerRule rule, IHistory history, int table)
    {
        for (int pool = 0; pool < (rule.Encodes ? 2 : 1); pool++)
        {
            ReadOnlySpan<KeyRun> runs = history.RunsOf(pool, table);
            for (int run = 0; run < runs.Length; run++)
            {
                if (rule.Streams(table))
                    ForgetMiddle(rule, history, pool, table, run);
                if (rule.Encodes && pool == 0 && runs[run].LastPosition < rule.FirstAsWritten(history.Tokens))
                    history.Encode(0, table, run, 1);
            }
        }
    }

    private static void ForgetMiddle(LayerRule rule, IHistory history, int pool, int table, int run)
    {
        KeyRun keys = history.RunsOf(pool, table)[run];
        int firstRecent = rule.FirstRecent(table, history.Tokens);
        if (keys.LastPosition < rule.Sinks || keys.FirstPosition >= firstRecent)
            return;

        ReadOnlySpan<int> positions = history.PositionsOf(pool, keys);
        int first = FirstAt(positions, rule.Sinks), end = FirstAt(positions, firstRecent);
        if (first < end)
            history.Drop(pool, table, run, first, end - first);
    }

    /// <summary>The first key at a position or later.</summary>
    private static int FirstAt(ReadOnlySpan<int> positions, int position)
    {
        int found = positions.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    // The next row is at position Tokens and sees positions above Tokens - window.
    private static void ForgetUnseen(IHistory history, int window)
    {
        int firstSeen = history.Tokens - window + 1;
        ReadOnlySpan<KeyRun> runs = history.Runs;
        for (int run = 0; run < runs.Length && runs[run].LastPosition < firstSeen; run++)
            history.Drop(run, 0, runs[run].Keys);
    }
}
