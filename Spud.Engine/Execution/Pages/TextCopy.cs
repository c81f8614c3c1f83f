namespace Spud.Execution;

/// <summary>Copies a text with its keys and values into a sequence of another pipeline, where the caller knows them to mean the same.</summary>
internal static class TextCopy
{
    /// <summary>Fills an empty sequence. False: the pages are laid out differently or do not suffice, and the sequence is to be disposed.</summary>
    /// <param name="source">Of a pipeline with as many layers; stays as it is.</param>
    /// <param name="target">Empty.</param>
    /// <param name="pages">The target's.</param>
    public static bool TryCopy(Sequence source, Sequence target, PageStore pages)
    {
        if (!target.Tables.Zip(source.Tables).All(static pair => IsPlain(pair.First) && IsPlain(pair.Second) && HaveOneFormat(pair.First.Layer.First.Pool, pair.Second.Layer.First.Pool)))
            return false;

        target.Write(source.Ids);
        for (int layer = 0; layer < target.Tables.Length; layer++)
        {
            if (target.Tables[layer].Tables[0].PagesWanted(source.Tokens) > target.Tables[layer].Layer.First.FreePages)
                return false;

            CopyKeys(source.Tables[layer], target.Tables[layer]);
            pages.Commit(layer, target, source.Tokens);
        }

        target.Append(source.Ids);
        return true;
    }

    /// <summary>Whether every key is where it was appended: one pool of the host's memory that all heads share, from which nothing was let go.</summary>
    private static bool IsPlain(PageTable table) =>
        table.Tables.Length == 1 && table.Layer is { Pools.Length: 1, Shards: null, Observed: null, First.Domain.IsHost: true } && table.Tables[0].Keys == table.Tokens;

    private static bool HaveOneFormat(PagePool one, PagePool other) =>
        (one.Keys.Type, one.Values.Type) == (other.Keys.Type, other.Values.Type) && one.Keys.Shape[1..].SequenceEqual(other.Keys.Shape[1..]);

    private static void CopyKeys(PageTable source, PageTable target)
    {
        PoolPages from = source.Layer.First, to = target.Layer.First;
        int[] slots = new int[source.Tokens];
        target.Append(0, slots);
        int position = 0;
        foreach (KeyRun run in source.Tables[0].Runs)
        {
            // A run lies in one page; where pages begin elsewhere, it goes into two.
            for (int done = 0; done < run.Keys;)
            {
                int key = slots[position] % to.PageTokens, keys = Math.Min(run.Keys - done, to.PageTokens - key);
                to.CopyFrom(from, run with { FirstKey = run.FirstKey + done, Keys = keys }, 0, slots[position] / to.PageTokens, key);
                (done, position) = (done + keys, position + keys);
            }
        }
    }
}
