namespace Spud.Execution;

/// <summary>The reviews of one sequence in one layer: asks the policy, applies its changes, and tracks how far the text can still be truncated.</summary>
internal sealed class LayerReviews
{
    private readonly PageTable _table;
    private readonly LayerPages _layer;
    private readonly LayerHistory[] _histories;
    private int _tokensAtMove, _tokensAtChange;

    /// <param name="table">The sequence's pages in the layer.</param>
    /// <param name="layer">The layer's pools.</param>
    public LayerReviews(PageTable table, LayerPages layer)
    {
        (_table, _layer) = (table, layer);
        _histories = [.. Enumerable.Range(0, layer.ShardCount).Select(shard => new LayerHistory(table, layer, shard))];
    }

    /// <summary>The policy's view; the first shard's if keys are sharded.</summary>
    public IHistory History => _histories[0];

    /// <summary>Length of the text at the last review that moved keys, and at the last one that changed anything.</summary>
    public (int TokensAtMove, int TokensAtChange) Past
    {
        get => (_tokensAtMove, _tokensAtChange);
        set => (_tokensAtMove, _tokensAtChange) = value;
    }

    /// <summary>Whether a text that grows to this length is reviewed.</summary>
    public bool AreDueAt(int tokens) => tokens / _layer.ReviewTokens != _table.Tokens / _layer.ReviewTokens;

    /// <summary>Runs the policy for each shard, then applies the changes it requested.</summary>
    /// <exception cref="InvalidDataException">The policy keeps more than its layout allows.</exception>
    public void Run(int layer, ICachePolicy policy)
    {
        foreach (LayerHistory history in _histories)
            policy.Review(layer, history);

        // Drops come first, to make room in a pool for keys that move into it.
        foreach (RunTable table in _table.Tables)
        {
            if (table.ApplyDrops())
                _tokensAtChange = _table.Tokens;
        }

        Move();
        RequirePromise();
    }

    /// <summary>Whether the text can be truncated to a length: not if keys that the shorter text would have are gone, or in another format.</summary>
    public bool CanTruncate(int tokens, float window)
    {
        int dropped = _table.LastDropped;
        // A text that remains past the last review that changed anything has the same keys.
        return tokens == 0 || tokens >= _table.Tokens || tokens >= _tokensAtChange || (tokens >= _tokensAtMove && (dropped < 0 || dropped <= tokens - window));
    }

    /// <summary>Discards reviews past a length.</summary>
    public void Truncate(int tokens) => (_tokensAtMove, _tokensAtChange) = (Math.Min(tokens, _tokensAtMove), Math.Min(tokens, _tokensAtChange));

    /// <summary>Copies the review history of the text that this one was forked from.</summary>
    public void CopyFrom(LayerReviews parent) => Past = parent.Past;

    /// <summary>Maximum pages of a later pool that a review of this step may take, in addition to copies of shared ones.</summary>
    public int PagesToMoveInto(int pool, int rows)
    {
        PoolPages target = _layer.Pools[pool];
        if (!AreDueAt(_table.Tokens + rows))
            return 0;

        long keys = (long)rows * target.Tables, held = 0;
        for (int earlier = pool % _layer.ShardCount; earlier < pool; earlier += _layer.ShardCount)
        {
            foreach (RunTable table in _table.TablesOf(earlier))
                keys += (long)table.Keys * target.Tables / _layer.Pools[earlier].Tables;
        }

        foreach (RunTable table in _table.TablesOf(pool))
            held += table.PagesHeld;

        return (int)Math.Max(0, Math.Min(target.PagesPerSequence - held, keys / target.PageTokens + target.Tables));
    }

    // Pools take from earlier ones, the nearest first: its keys are older.
    private void Move()
    {
        bool moves = false;
        for (int into = _layer.ShardCount; into < _layer.Pools.Length; into++)
            moves |= RequireRoom(into);
        if (!moves)
            return;

        for (int pool = _layer.Pools.Length - 1; pool >= 0; pool--)
        {
            foreach (RunTable table in _table.TablesOf(pool))
                table.CopyMoves(_table);
            foreach (RunTable table in _table.TablesOf(pool))
                table.ForgetMoved();
        }

        _tokensAtMove = _tokensAtChange = _table.Tokens;
    }

    /// <summary>Whether keys move into a pool; throws if they do not fit.</summary>
    private bool RequireRoom(int into)
    {
        PoolPages target = _layer.Pools[into];
        long moved = 0, kept = 0;
        for (int earlier = 0; earlier < into; earlier++)
        {
            foreach (RunTable table in _table.TablesOf(earlier))
                moved += (long)table.KeysToMove(into) * (target.Layout.PerHead ? table.Pages.HeadsPerKey : 1);
        }

        foreach (RunTable table in _table.TablesOf(into))
            kept += table.Keys - table.KeysToMove(null);

        return kept + moved <= target.Layout.KeysAtMost
            ? moved > 0
            : throw new InvalidDataException($"encode: pool {into} would keep {kept + moved} keys; the layout allows at most {target.Layout.KeysAtMost}");
    }

    private void RequirePromise()
    {
        if (_layer.PoolCount == 1 && _layer.First.Tables == 1)
        {
            if (_table.KeptTokens > _layer.TokensAtMost)
                throw new InvalidDataException($"{_table.KeptTokens} tokens are kept after a review; the layout allows at most {_layer.TokensAtMost}");
            return;
        }

        for (int pool = 0; pool < _layer.PoolCount; pool++)
        {
            (long keys, int first) = (0, pool * _layer.ShardCount);
            for (int shard = first; shard < first + _layer.ShardCount; shard++)
            {
                foreach (RunTable table in _table.TablesOf(shard))
                    keys += table.Keys;
            }

            if (keys > _layer.Pools[first].Layout.KeysAtMost)
                throw new InvalidDataException($"pool {pool} keeps {keys} keys after a review; the layout allows at most {_layer.Pools[first].Layout.KeysAtMost}");
        }
    }
}
