using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// The pages of one sequence in one layer: a table of runs for each pool, or for each pool and KV head if a pool's pages are per head.
/// </summary>
internal sealed class PageTable
{
    private readonly LayerPages _layer;
    private readonly ReadOnlyMemory<int> _ids;
    private readonly RunTable[] _tables;
    private readonly int[] _firstOfPool;

    /// <param name="layer">The layer's pools.</param>
    /// <param name="ids">The sequence's tokens, by position; includes those of rows being committed.</param>
    /// <param name="sequence">Its id.</param>
    public PageTable(LayerPages layer, ReadOnlyMemory<int> ids, int sequence)
    {
        (_layer, _ids, Sequence) = (layer, ids, sequence);
        _firstOfPool = new int[layer.Pools.Length + 1];
        for (int pool = 0; pool < layer.Pools.Length; pool++)
            _firstOfPool[pool + 1] = _firstOfPool[pool] + layer.Pools[pool].Tables;

        _tables = [.. layer.Pools.SelectMany(static pool => Enumerable.Range(0, pool.Tables).Select(head => new RunTable(pool, head)))];
        Reviews = new(this, layer);
    }

    /// <summary>Id of the sequence.</summary>
    public int Sequence { get; }

    /// <summary>Committed tokens, kept or not.</summary>
    public int Tokens { get; private set; }

    public ReadOnlySpan<int> TokenIds => _ids.Span[..Tokens];

    public LayerPages Layer => _layer;

    public LayerReviews Reviews { get; }

    public ReadOnlySpan<RunTable> Tables => _tables;

    /// <summary>Largest position dropped by a policy, in any head; -1 if none.</summary>
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

    /// <summary>Committed tokens that are kept; if heads differ, the maximum over the heads.</summary>
    public int KeptTokens
    {
        get
        {
            int max = 0;
            for (int head = 0; head < _layer.KvHeads; head++)
                max = Math.Max(max, KeptBy(head));

            return max;
        }
    }

    /// <summary>Bytes of the kept keys and values.</summary>
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

    /// <summary>The tables of a pool: one per KV head, or one that they share.</summary>
    public ReadOnlySpan<RunTable> TablesOf(int pool) => _tables.AsSpan(_firstOfPool[pool].._firstOfPool[pool + 1]);

    /// <summary>The table of a pool that has a KV head's keys.</summary>
    public RunTable TableOf(int pool, int head) => _tables[_firstOfPool[pool] + (_layer.Pools[pool].Layout.PerHead ? head : 0)];

    /// <summary>Committed tokens kept by a KV head.</summary>
    public int KeptBy(int head)
    {
        int keys = 0;
        for (int pool = 0; pool < _layer.Pools.Length; pool++)
            keys += TableOf(pool, head).Keys;

        return keys;
    }

    /// <summary>Positions of the kept keys, by pool and KV head.</summary>
    public IEnumerable<KeptKeys> KeptKeys()
    {
        for (int pool = 0; pool < _layer.Pools.Length; pool++)
        {
            for (int head = 0; head < _layer.Pools[pool].Tables; head++)
                yield return new(pool, head, [.. TableOf(pool, head).Positions()]);
        }
    }

    /// <summary>Keys read by attention for rows at these positions, including their own.</summary>
    public KeyLoad KeysSeen(int firstRow, int lastRow, long window)
    {
        KeyLoad sum = default;
        for (int i = 0; i < _tables.Length; i++)
            sum += Load(_tables[i], _tables[i].KeysSeen(firstRow, lastRow, window, i < _firstOfPool[1] && _layer.Shards is null ? lastRow + 1 : 0));

        return sum;
    }

    /// <summary>Likewise for rows yet to be appended, if nothing is dropped meanwhile.</summary>
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

    /// <summary>Makes room for rows from position <paramref name="first"/> on and determines their slots.</summary>
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

    /// <summary>Drops pending rows.</summary>
    public void Rollback()
    {
        foreach (RunTable table in _tables)
            table.Rollback();
    }

    /// <summary>Keeps pending rows up to a length, drops the rest, and runs the policy's review if a border was reached.</summary>
    public void Commit(int tokens, int layer, ICachePolicy policy)
    {
        if (_layer.IsNone)
        {
            Tokens = tokens;
            return;
        }

        bool isReviewed = Reviews.AreDueAt(tokens);
        Tokens = tokens;
        foreach (RunTable table in _layer.Shards is null ? TablesOf(0) : _tables)
            table.Commit(tokens);

        if (isReviewed)
            Reviews.Run(layer, policy);
    }

    /// <summary>Removes everything from position <paramref name="tokens"/> on.</summary>
    public void Truncate(int tokens)
    {
        foreach (RunTable table in _tables)
            table.Truncate(tokens);

        Tokens = tokens;
        Reviews.Truncate(tokens);
    }

    /// <summary>Shares the committed part: pages are copied when one of the two writes into them.</summary>
    public void ForkInto(PageTable child)
    {
        for (int i = 0; i < _tables.Length; i++)
            _tables[i].ForkInto(child._tables[i]);

        child.Tokens = Tokens;
        child.Reviews.CopyFrom(Reviews);
    }

    /// <summary>Copies keys, values and positions of a text of another pipeline into this table, which must be empty.</summary>
    public void CopyFrom(PageTable source)
    {
        for (int i = 0; i < _tables.Length; i++)
            _tables[i].CopyFrom(source._tables[i]);

        Tokens = source.Tokens;
        Reviews.CopyFrom(source.Reviews);
    }

    /// <summary>Restores the review history of a text from a file, after its runs have been restored.</summary>
    /// <param name="tokens">Length of the text.</param>
    /// <param name="tokensAtMove">See <see cref="LayerReviews.Past"/>.</param>
    /// <param name="tokensAtChange">Likewise.</param>
    /// <exception cref="InvalidDataException">No such history is possible.</exception>
    public void Restore(int tokens, int tokensAtMove, int tokensAtChange)
    {
        if (tokensAtMove < 0 || tokensAtMove > tokensAtChange || tokensAtChange > tokens)
            throw new InvalidDataException("its reviews do not fit its length");

        Tokens = tokens;
        Reviews.Past = (tokensAtMove, tokensAtChange);
    }

    /// <summary>Whether only kept texts hold any of its pages.</summary>
    public bool HoldsKeptPagesAlone
    {
        get
        {
            foreach (RunTable table in _tables)
            {
                if (table.HoldsKeptPagesAlone)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Marks the pages as those of a kept text, which does not grow.</summary>
    public void Keep()
    {
        foreach (RunTable table in _tables)
            table.Keep();
    }

    /// <summary>Removes the mark.</summary>
    public void Unkeep()
    {
        foreach (RunTable table in _tables)
            table.Unkeep();
    }

    /// <summary>Frees all pages.</summary>
    public void Clear()
    {
        foreach (RunTable table in _tables)
            table.Clear();

        Tokens = 0;
        Reviews.Truncate(0);
    }

    private static KeyLoad Load(RunTable table, KeyCount count) => new(count.Seen * table.Pages.HeadsPerKey, count.Read * table.Pages.BytesPerKey);
}
