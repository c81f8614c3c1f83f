using Spud.Execution;

namespace Spud.Generation;

/// <summary>Pages as schedulers count them: in the one pool in which the fewest texts of full length find room.</summary>
internal sealed class JobPages
{
    private readonly PoolPages _pages;
    private readonly int _layer, _pool;

    public JobPages(PageStore store)
    {
        double fewest = double.MaxValue;
        _pages = store.Layers.First(static layer => !layer.IsNone).First;
        for (int layer = 0; layer < store.Layers.Count; layer++)
        {
            for (int pool = 0; pool < store.Layers[layer].Pools.Length; pool++)
            {
                PoolPages pages = store.Layers[layer].Pools[pool];
                double texts = (double)pages.PageCount / pages.PagesPerSequence;
                if (texts < fewest)
                    (fewest, _pages, _layer, _pool) = (texts, pages, layer, pool);
            }
        }
    }

    /// <summary>Pages that nobody holds, or only kept texts.</summary>
    public int Available => _pages.AvailablePages;

    /// <summary>Pages that a text holds.</summary>
    public int HeldBy(Sequence sequence)
    {
        int held = 0;
        foreach (RunTable table in sequence.Tables[_layer].TablesOf(_pool))
            held += table.PagesHeld;

        return held;
    }

    /// <summary>Pages that a text of this length holds, at least 1.</summary>
    public int Of(int tokens) => (int)Math.Clamp((tokens + _pages.PageTokens - 1L) / _pages.PageTokens * _pages.Tables, 1, _pages.PagesPerSequence);
}
