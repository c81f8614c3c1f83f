using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// The pages of one sequence in one layer: a table of runs for each pool, or for each pool and KV head where a pool's pages are per head.
/// </summary>
internal sealed class PageTable : IHistory
{
    private readonly LayerPages _layer;
    private readonly ReadOnlyMemory<int> _ids;
    private readonly RunTable[] _tables;
    private readonly int[] _firstOfPool;
    private readonly ShardHistory[] _shards = [];
    private int _tokensAtMove, _tokensAtChange;

    /// <param name="layer">The layer's pools.</param>
    /// <param name="ids">The sequence's tokens, by position; those of rows that are being committed are there already.</param>
    /// <param name="sequence">Its id.</param>
    public PageTable(LayerPages layer, ReadOnlyMemory<int> ids, int sequence)
    {
        (_layer, _ids, Sequence) = (layer, ids, sequence);
        _firstOfPool = new int[layer.Pools.Length + 1];
        for (int pool = 0; pool < layer.Pools.Length; pool++)
            _firstOfPool[pool + 1] = _firstOfPool[pool] + layer.Pools[pool].Tables;

        _tables = [.. layer.Pools.SelectMany(static pool => Enumerable.Range(0, pool.Tables).Select(head => new RunTable(pool, head)))];
        if (layer.Shards is not null)
            _shards = [.. Enumerable.Range(0, layer.ShardCount).Select(shard => new ShardHistory(this, layer, shard))];
    }

    /// <summary>Id of the sequence.</summary>
    public int Sequence { get; }

    /// <summary>Committed tokens, kept or not.</summary>
    public int Tokens { get; private set; }

    public ReadOnlySpan<int> TokenIds => _ids.Span[..Tokens];

    public ReadOnlySpan<KeyRun> Runs => _tables[0].Runs;

    /// <summary>Largest position that a policy let go, in any head; -1 if none.</summary>
    public int LastDropped
    {
        get
        {
            int last = -1;
            foreach (RunTable table in _tables)
                last = Math.Max(last, table.LastDropped);

            return last;
        }
    }

    /// <summary>Committed tokens that are kept; where heads differ, by the head that keeps the largest number.</summary>
    public int KeptTokens
    {
        get
        {
            int most = 0;
            for (int head = 0; head < _layer.KvHeads; head++)
                most = Math.Max(most, KeptBy(head));

            return most;
        }
    }

    /// <summary>G.</summary>
    public int KvHeads => _layer.KvHeads;

    /// <summary>Bytes of the keys and values that are kept.</summary>
    public long KeptBytes
    {
        get
        {
            long bytes = 0;
            foreach (RunTable table in _tables)
                bytes += table.Keys * table.Pages.BytesPerKey;

            return bytes;
        }
    }

    /// <summary>The tables of a pool: one for each KV head, or one that they share.</summary>
    public ReadOnlySpan<RunTable> TablesOf(int pool) => _tables.AsSpan(_firstOfPool[pool].._firstOfPool[pool + 1]);

    /// <summary>Committed tokens that a KV head keeps.</summary>
    public int KeptBy(int head)
    {
        int keys = 0;
        for (int pool = 0; pool < _layer.Pools.Length; pool++)
            keys += TableOf(pool, head).Keys;

        return keys;
    }

    /// <summary>What attention reads for rows at these positions, their own keys included.</summary>
    public KeyLoad KeysSeen(int firstRow, int lastRow, long window)
    {
        KeyLoad sum = default;
        for (int i = 0; i < _tables.Length; i++)
            sum += Load(_tables[i], _tables[i].KeysSeen(firstRow, lastRow, window, i < _firstOfPool[1] && _layer.Shards is null ? lastRow + 1 : 0));

        return sum;
    }

    /// <summary>Likewise for rows that are yet to be appended, if nothing is dropped meanwhile.</summary>
    public KeyLoad KeysToBeSeen(int firstRow, int lastRow, long window)
    {
        KeyLoad sum = default;
        for (int i = 0; i < _tables.Length; i++)
        {
            bool grows = i < _firstOfPool[1];
            KeyCount kept = _tables[i].KeysSeen(firstRow, lastRow, window, grows && _layer.Shards is null ? Tokens : 0);
            sum += Load(_tables[i], grows ? kept + KeyCount.Of(Tokens, lastRow, firstRow, lastRow, window) : kept);
        }

        return sum;
    }

    /// <summary>Whether the text can go back to a length: not where keys are gone, or in another format, that the shorter text would have.</summary>
    public bool CanTruncate(int tokens, float window)
    {
        int dropped = LastDropped;
        // The text that goes back behind the last review that changed anything has the same keys.
        return tokens == 0 || tokens >= Tokens || tokens >= _tokensAtChange || (tokens >= _tokensAtMove && (dropped < 0 || dropped <= tokens - window));
    }

    /// <summary>Makes room for rows at positions <paramref name="first"/> on and tells where each goes.</summary>
    /// <param name="first">Position of the first row.</param>
    /// <param name="slots">I32 [rows], or [rows, G] in per-head pages, written: page * P + key.</param>
    public void Append(int first, Span<int> slots)
    {
        if (_layer.Shards is { } shards)
        {
            int heads = _layer.First.Tables;
            for (int i = 0; i < slots.Length; i++)
                TablesOf(shards.ShardOf(first + i / heads))[i % heads].Append(first + i / heads, 1, slots[i..], 1);
            return;
        }

        ReadOnlySpan<RunTable> tables = TablesOf(0);
        for (int i = 0; i < tables.Length; i++)
            tables[i].Append(first, slots.Length / tables.Length, slots[i..], tables.Length);
    }

    /// <summary>Largest number of pages of a later pool that a review of this step may take, in addition to copies of shared ones.</summary>
    public int PagesToMoveInto(int pool, int rows)
    {
        PoolPages target = _layer.Pools[pool];
        if (!ReachesBorder(Tokens + rows))
            return 0;

        long keys = (long)rows * target.Tables, held = 0;
        for (int earlier = pool % _layer.ShardCount; earlier < pool; earlier += _layer.ShardCount)
        {
            foreach (RunTable table in TablesOf(earlier))
                keys += (long)table.Keys * target.Tables / _layer.Pools[earlier].Tables;
        }

        foreach (RunTable table in TablesOf(pool))
            held += table.PagesHeld;

        return (int)Math.Max(0, Math.Min(target.PagesPerSequence - held, keys / target.PageTokens + target.Tables));
    }

    /// <summary>Drops what is pending.</summary>
    public void Rollback()
    {
        foreach (RunTable table in _tables)
            table.Rollback();
    }

    /// <summary>Keeps what is pending up to a length, drops the rest, and lets the policy look at it if a border was reached.</summary>
    public void Commit(int tokens, int layer, ICachePolicy policy)
    {
        bool review = ReachesBorder(tokens);
        Tokens = tokens;
        foreach (RunTable table in _layer.Shards is null ? TablesOf(0) : _tables)
            table.Commit(tokens);

        if (!review)
            return;

        if (_shards.Length == 0)
            policy.Review(layer, this);
        foreach (ShardHistory shard in _shards)
            policy.Review(layer, shard);

        ApplyChanges();
        RequirePromise();
    }

    /// <summary>Forgets everything from position <paramref name="tokens"/> on.</summary>
    public void Truncate(int tokens)
    {
        foreach (RunTable table in _tables)
            table.Truncate(tokens);

        (Tokens, _tokensAtMove, _tokensAtChange) = (tokens, Math.Min(tokens, _tokensAtMove), Math.Min(tokens, _tokensAtChange));
    }

    /// <summary>The committed part, shared: pages are copied when one of the two writes into them.</summary>
    public void ForkInto(PageTable child)
    {
        for (int i = 0; i < _tables.Length; i++)
            _tables[i].ForkInto(child._tables[i]);

        (child.Tokens, child._tokensAtMove, child._tokensAtChange) = (Tokens, _tokensAtMove, _tokensAtChange);
    }

    /// <summary>Whether the keys and values of a text of another pipeline can be this text's, which is empty: in the same places of the same pools, or copied into pages of the same formats.</summary>
    public bool CanTakeOver(PageTable source)
    {
        bool areShared = _layer.Pools.SequenceEqual(source._layer.Pools);
        return _layer.KeepsAsMuchAs(source._layer, _ids.Length, source._ids.Length) && _layer.DistributesAs(source._layer, source.Tokens)
            && (areShared || _tables.Zip(source._tables).All(static pair => pair.First.CanCopy(pair.Second)));
    }

    /// <summary>Makes the keys and values of a text of another pipeline this text's, which is empty.</summary>
    /// <param name="source">One that <see cref="CanTakeOver"/> allows.</param>
    /// <returns>Bytes that were copied; 0: both texts share their pages.</returns>
    public long TakeOver(PageTable source)
    {
        if (_layer.Pools.SequenceEqual(source._layer.Pools))
        {
            source.ForkInto(this);
            return 0;
        }

        for (int i = 0; i < _tables.Length; i++)
            _tables[i].Copy(source._tables[i]);

        (Tokens, _tokensAtMove, _tokensAtChange) = (source.Tokens, source._tokensAtMove, source._tokensAtChange);
        return KeptBytes;
    }

    /// <summary>Gives every page back.</summary>
    public void Clear()
    {
        foreach (RunTable table in _tables)
            table.Clear();

        (Tokens, _tokensAtMove, _tokensAtChange) = (0, 0, 0);
    }

    public void Drop(int run, int firstKey, int keys) => _tables[0].Drop(run, firstKey, keys);

    public ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => Checked(pool, head).Runs;

    /// <summary>Positions of the keys that are kept, by pool and KV head.</summary>
    public IEnumerable<KeptKeys> KeptKeys()
    {
        for (int pool = 0; pool < _layer.Pools.Length; pool++)
        {
            for (int head = 0; head < _layer.Pools[pool].Tables; head++)
                yield return new(pool, head, [.. _tables[_firstOfPool[pool] + head].Positions()]);
        }
    }

    public ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pool, (uint)_layer.Pools.Length, nameof(pool));
        return _layer.Pools[pool].PositionsOf(run);
    }

    public void Drop(int pool, int head, int run, int firstKey, int keys) => Checked(pool, head).Drop(run, firstKey, keys);

    public void Encode(int pool, int head, int run, int into)
    {
        RunTable from = Checked(pool, head);
        if (into <= pool || into >= _layer.Pools.Length)
            throw new ArgumentException($"encode: from pool {pool} into pool {into} of {_layer.Pools.Length}; expected a later pool", nameof(into));
        if (from.Pages.Layout.PerHead && !_layer.Pools[into].Layout.PerHead)
            throw new ArgumentException($"encode: pool {pool} has pages of one head, pool {into} of all heads; expected a per-head pool", nameof(into));

        from.Encode(run, into);
    }

    public TensorView State => Observed.State.StateOf(Sequence);

    public TensorView Notes => Observed.State.NotesOf(Sequence);

    public void AddKeyMass(in TensorView notes, in TensorView mass) => AddKeyMass(null, notes, mass);

    /// <summary>To the keys of one shard, or of all where keys are not sharded.</summary>
    public void AddKeyMass(int? shard, in TensorView notes, in TensorView mass)
    {
        KeyMassReader reader = Observed.KeyMass ?? throw new InvalidOperationException("review: the layout does not say that it reads key mass (CacheLayout.ReadsKeyMass)");
        reader(this, shard, notes, mass);
    }

    private ObservedLayer Observed => _layer.Observed ?? throw new InvalidOperationException("review: the policy keeps no state in this layer (IKeepsSequenceState)");

    private static KeyLoad Load(RunTable table, KeyCount count) => new(count.Seen * table.Pages.HeadsPerKey, count.Read * table.Pages.BytesPerKey);

    private bool ReachesBorder(int tokens) => tokens / _layer.ReviewTokens != Tokens / _layer.ReviewTokens;

    private RunTable TableOf(int pool, int head) => _tables[_firstOfPool[pool] + (_layer.Pools[pool].Layout.PerHead ? head : 0)];

    private RunTable Checked(int pool, int head)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pool, (uint)_layer.Pools.Length, nameof(pool));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)_layer.KvHeads, nameof(head));
        return TableOf(pool, head);
    }

    // Drops first, so that a pool has room for what moves into it. Pools take from earlier ones, the nearest first: its keys are older.
    private void ApplyChanges()
    {
        foreach (RunTable table in _tables)
        {
            if (table.ApplyDrops())
                _tokensAtChange = Tokens;
        }

        bool moved = false;
        for (int into = _layer.ShardCount; into < _layer.Pools.Length; into++)
            moved |= RequireRoom(into);
        if (!moved)
            return;

        for (int pool = _layer.Pools.Length - 1; pool >= 0; pool--)
        {
            foreach (RunTable table in TablesOf(pool))
                table.CopyMoves(this);
            foreach (RunTable table in TablesOf(pool))
                table.ForgetMoved();
        }

        _tokensAtMove = _tokensAtChange = Tokens;
    }

    /// <summary>Whether keys move into a pool; they must fit.</summary>
    private bool RequireRoom(int into)
    {
        PoolPages target = _layer.Pools[into];
        long moved = 0, kept = 0;
        foreach (RunTable table in _tables.AsSpan(0, _firstOfPool[into]))
            moved += (long)table.KeysToMove(into) * (target.Layout.PerHead ? table.Pages.HeadsPerKey : 1);
        foreach (RunTable table in TablesOf(into))
            kept += table.Keys - table.KeysToMove(null);

        return kept + moved <= target.Layout.KeysAtMost
            ? moved > 0
            : throw new InvalidDataException($"encode: pool {into} would keep {kept + moved} keys, at most {target.Layout.KeysAtMost} are allowed by the layout");
    }

    private void RequirePromise()
    {
        if (_layer.PoolCount == 1 && _layer.First.Tables == 1)
        {
            if (KeptTokens > _layer.TokensAtMost)
                throw new InvalidDataException($"{KeptTokens} tokens are kept after a review, at most {_layer.TokensAtMost} are allowed by the layout");
            return;
        }

        for (int pool = 0; pool < _layer.PoolCount; pool++)
        {
            (long keys, int first) = (0, pool * _layer.ShardCount);
            foreach (RunTable table in _tables.AsSpan(_firstOfPool[first].._firstOfPool[first + _layer.ShardCount]))
                keys += table.Keys;

            if (keys > _layer.Pools[first].Layout.KeysAtMost)
                throw new InvalidDataException($"pool {pool} keeps {keys} keys after a review, at most {_layer.Pools[first].Layout.KeysAtMost} are allowed by the layout");
        }
    }
}
