namespace Spud.Execution;

// Changes requested by a review: keys to drop, and runs to move to other pools. They are recorded first and applied when the review has ended.
internal sealed partial class RunTable
{
    private readonly List<(int Run, int FirstKey, int Keys)> _drops = [];
    private List<(int Run, int Into)> _moves = [];
    private List<(int Run, int Into)> _movesAfterDrops = [];

    /// <summary>Number of keys that this review moves to a pool, or to any pool if null.</summary>
    public int KeysToMove(int? into)
    {
        int keys = 0;
        foreach ((int run, int target) in _moves)
            keys += into is null || target == into ? _runs[run].Keys : 0;

        return keys;
    }

    public void Drop(int run, int firstKey, int keys)
    {
        if ((uint)run >= (uint)_count)
            throw new ArgumentOutOfRangeException(nameof(run), $"drop: run {run} of {_count}");
        if (firstKey < 0 || keys < 1 || firstKey > _runs[run].Keys - keys)
            throw new ArgumentOutOfRangeException(nameof(firstKey), $"drop: keys {firstKey} .. {firstKey + keys} of {_runs[run].Keys}");

        _drops.Add((run, firstKey, keys));
    }

    public void Encode(int run, int into)
    {
        if ((uint)run >= (uint)_count)
            throw new ArgumentOutOfRangeException(nameof(run), $"encode: run {run} of {_count}");
        if (_moves.Count > 0 && run <= _moves[^1].Run)
            throw new ArgumentException($"encode: run {run} after run {_moves[^1].Run}; runs are named oldest first", nameof(run));

        _moves.Add((run, into));
    }

    /// <summary>Removes dropped keys; the moves then refer to the remaining runs. False if nothing was dropped.</summary>
    public bool ApplyDrops()
    {
        if (_drops.Count == 0)
            return false;

        _drops.Sort(static (one, other) => (one.Run, one.FirstKey).CompareTo((other.Run, other.FirstKey)));
        int count = StartOver();
        for (int run = 0, drop = 0, move = 0; run < count; run++)
        {
            int first = _count;
            drop = KeepRest(run, drop);
            if (move < _moves.Count && _moves[move].Run == run)
            {
                for (; first < _count; first++)
                    _movesAfterDrops.Add((first, _moves[move].Into));
                move++;
            }

            GiveIfEmptied(run, count);
        }

        (_moves, _movesAfterDrops) = (_movesAfterDrops, _moves);
        _movesAfterDrops.Clear();
        _drops.Clear();
        if (_moves.Count == 0)
            Compact();

        Commit();
        return true;
    }

    /// <summary>Copies the runs to be moved to the tables of other pools. If that fails, this table is unchanged.</summary>
    /// <param name="owner">Owns the tables of the other pools.</param>
    public void CopyMoves(PageTable owner)
    {
        foreach ((int run, int into) in _moves)
        {
            ReadOnlySpan<RunTable> tables = owner.TablesOf(into);
            for (int i = 0; i < tables.Length; i++)
            {
                if (pages.Tables == 1 || i == head)
                    tables[i].Take(_runs[run], pages);
            }
        }
    }

    /// <summary>Removes the runs that were copied.</summary>
    public void ForgetMoved()
    {
        if (_moves.Count == 0)
            return;

        int count = StartOver();
        for (int run = 0, move = 0; run < count; run++)
        {
            if (move < _moves.Count && _moves[move].Run == run)
                move++;
            else
                Add(_before[run]);

            GiveIfEmptied(run, count);
        }

        HasMoved = true;
        _moves.Clear();
        Compact();
        Commit();
    }

    /// <summary>Discards the changes requested by a review that failed.</summary>
    public void ForgetChanges()
    {
        _drops.Clear();
        _moves.Clear();
    }

    /// <summary>Adds copies of another pool's keys.</summary>
    private void Take(in KeyRun run, PoolPages source)
    {
        if (_count > 0 && run.FirstPosition <= _runs[_count - 1].LastPosition)
            throw new InvalidDataException($"encode: position {run.FirstPosition} goes into a pool that holds position {_runs[_count - 1].LastPosition}; a pool takes keys in ascending order");

        ReadOnlySpan<int> positions = source.PositionsOf(run);
        for (int done = 0; done < run.Keys;)
        {
            int keys = Math.Min(run.Keys - done, Room == 0 ? pages.PageTokens : Room);
            (int page, int firstKey) = Math.DivRem(Extend(positions[done], joins: true), pages.PageTokens);
            for (int key = 1; key < keys; key++)
                Extend(positions[done + key], joins: true);

            pages.CopyFrom(source, run with { FirstKey = run.FirstKey + done, Keys = keys }, head, page, firstKey);
            done += keys;
        }

        Commit();
    }

    /// <summary>Frees the page of a run, if it was the page's last run and none of its runs was added again.</summary>
    private void GiveIfEmptied(int run, int count)
    {
        int page = _before[run].Page;
        bool lastOfPage = run + 1 == count || _before[run + 1].Page != page;
        if (lastOfPage && (_count == 0 || _runs[_count - 1].Page != page))
            Give(page);
    }

    /// <summary>Adds what remains of a run after drops, and returns the first drop of the next run.</summary>
    private int KeepRest(int run, int drop)
    {
        ReadOnlySpan<int> positions = pages.PositionsOf(_before[run]);
        int key = 0;
        for (; drop < _drops.Count && _drops[drop].Run == run; drop++)
        {
            (_, int firstKey, int keys) = _drops[drop];
            Keep(_before[run], key, firstKey, positions);
            key = Math.Max(key, firstKey + keys);
            LastDropped = Math.Max(LastDropped, positions[key - 1]);
        }

        Keep(_before[run], key, _before[run].Keys, positions);
        return drop;
    }

    private void Keep(in KeyRun run, int from, int to, ReadOnlySpan<int> positions)
    {
        if (from < to)
            Add(new() { Page = run.Page, FirstKey = run.FirstKey + from, Keys = to - from, FirstPosition = positions[from], LastPosition = positions[to - 1] });
    }
}
