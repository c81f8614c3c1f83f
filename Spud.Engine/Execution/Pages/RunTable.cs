using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// The kept runs of one sequence in one pool, of one KV head or of all that share the pool: oldest first. What was appended since the last
/// commit is pending and goes with <see cref="Rollback"/>.
/// </summary>
/// <param name="pages">The pool.</param>
/// <param name="head">KV head; 0 where the heads share the pool.</param>
internal sealed class RunTable(PoolPages pages, int head)
{
    private readonly List<(int Run, int FirstKey, int Keys)> _drops = [];
    private List<(int Run, int Into)> _moves = [];
    private List<(int Run, int Into)> _movesAfterDrops = [];
    private KeyRun[] _runs = new KeyRun[pages.PagesPerSequence / pages.Tables + 2];
    private KeyRun[] _before = [];
    private int _count;
    private Mark _committed;

    public PoolPages Pages => pages;

    /// <summary>Largest position that a policy let go; -1 if none.</summary>
    public int LastDropped { get; private set; } = -1;

    /// <summary>Whether keys were moved into another pool.</summary>
    public bool HasMoved { get; private set; }

    public ReadOnlySpan<KeyRun> Runs => _runs.AsSpan(0, _count);

    /// <summary>Keys of all runs.</summary>
    public int Keys { get; private set; }

    /// <summary>Positions of all keys, run by run.</summary>
    public int[] Positions()
    {
        List<int> positions = [];
        foreach (ref readonly KeyRun run in Runs)
            positions.AddRange(pages.PositionsOf(run));

        return [.. positions];
    }

    /// <summary>Pages that the runs lie in.</summary>
    public int PagesHeld { get; private set; }

    /// <summary>Keys that this review moves into a pool; null: into any.</summary>
    public int KeysToMove(int? into)
    {
        int keys = 0;
        foreach ((int run, int target) in _moves)
            keys += into is null || target == into ? _runs[run].Keys : 0;

        return keys;
    }

    /// <summary>The shared page that the next key goes into; -1 where that key needs no copy.</summary>
    public int SharedTail => Room > 0 && pages.IsShared(_runs[_count - 1].Page) ? _runs[_count - 1].Page : -1;

    private int Room => _count == 0 ? 0 : pages.PageTokens - End(_runs[_count - 1]);

    /// <summary>Keys that rows at these positions see.</summary>
    /// <param name="firstRow">Position of the first row.</param>
    /// <param name="lastRow">Of the last.</param>
    /// <param name="window">Keys that a row may see, its own included.</param>
    /// <param name="tokens">Positions that were appended to this table, if it takes the rows of steps; else 0.</param>
    public KeyCount KeysSeen(int firstRow, int lastRow, long window, int tokens) =>
        tokens > 0 && LastDropped < 0 && !HasMoved ? KeyCount.Of(0, tokens - 1, firstRow, lastRow, window) : KeyCount.Of(Runs, pages.Pool, firstRow, lastRow, window);

    /// <summary>Pages that so many more keys take from the pool, in addition to a copy of <see cref="SharedTail"/>.</summary>
    public int PagesWanted(int keys) => (int)((Math.Max(0L, keys - Room) + pages.PageTokens - 1) / pages.PageTokens);

    /// <summary>Makes room for rows at positions <paramref name="first"/> on and tells where each goes.</summary>
    /// <param name="first">Position of the first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="slots">Written: page * P + key of a row, every <paramref name="stride"/> entries.</param>
    /// <param name="stride">Tables that write into the same slots in turn.</param>
    public void Append(int first, int rows, Span<int> slots, int stride)
    {
        for (int row = 0; row < rows; row++)
            slots[row * stride] = Extend(first + row);
    }

    /// <summary>Drops what is pending.</summary>
    public void Rollback() => CutTo(_committed);

    /// <summary>Keeps what is pending of the positions below <paramref name="tokens"/>, and drops the rest.</summary>
    public void Commit(int tokens)
    {
        CutTo(MarkAt(tokens));
        Commit();
    }

    /// <summary>Forgets everything from position <paramref name="tokens"/> on.</summary>
    public void Truncate(int tokens)
    {
        CutTo(MarkAt(tokens));
        LastDropped = Math.Min(LastDropped, tokens - 1);
        HasMoved &= tokens > 0;
        Commit();
    }

    /// <summary>The committed part, shared: pages are copied when one of the two writes into them.</summary>
    public void ForkInto(RunTable child)
    {
        child._runs = _runs.AsSpan().ToArray();
        (child._count, child._committed, child.LastDropped, child.HasMoved) = (_count, _committed, LastDropped, HasMoved);
        (child.Keys, child.PagesHeld) = (Keys, PagesHeld);
        for (int i = 0; i < _count; i++)
        {
            if (i == 0 || _runs[i].Page != _runs[i - 1].Page)
                pages.Share(_runs[i].Page);
        }
    }

    /// <summary>Gives every page back.</summary>
    public void Clear()
    {
        CutTo(default);
        (_committed, LastDropped, HasMoved) = (default, -1, false);
        ForgetChanges();
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

    /// <summary>Lets go of what was dropped; the moves then name the runs that are left. False: nothing was.</summary>
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

    /// <summary>Copies the runs that move into the tables of other pools. If that fails, this table is what it was.</summary>
    /// <param name="owner">Has the tables of the other pools.</param>
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

    /// <summary>Lets go of the runs that were copied.</summary>
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

    /// <summary>Forgets what a review that failed had asked for.</summary>
    public void ForgetChanges()
    {
        _drops.Clear();
        _moves.Clear();
    }

    /// <summary>Moves keys together if that frees pages. Pages that forks share stay as they are, with all before them.</summary>
    private void Compact()
    {
        if (pages.SlackPages is not { } slack || PagesHeld <= (Keys + pages.PageTokens - 1) / pages.PageTokens + slack)
            return;

        int fixedRuns = _count;
        while (fixedRuns > 0 && !pages.IsShared(_runs[fixedRuns - 1].Page))
            fixedRuns--;

        int count = StartOver(), pageRun = fixedRuns - 1, end = pages.PageTokens;
        for (int run = 0; run < fixedRuns; run++)
            Add(_before[run]);

        for (int run = fixedRuns; run < count; run++)
        {
            for (KeyRun rest = _before[run]; rest.Keys > 0;)
            {
                if (end == pages.PageTokens)
                    (pageRun, end) = (NextPage(pageRun, count), 0);

                int keys = MoveWithin(rest, _before[pageRun].Page, end);
                end += keys;
                rest = rest with { FirstKey = rest.FirstKey + keys, Keys = rest.Keys - keys };
            }
        }

        // Keys never move towards the end, so that pages behind the last one in use are empty.
        while ((pageRun = NextPage(pageRun, count)) < count)
            Give(_before[pageRun].Page);
    }

    /// <summary>The first run of the next page, among those put aside.</summary>
    private int NextPage(int run, int count)
    {
        int next = run + 1;
        while (next < count && run >= 0 && _before[next].Page == _before[run].Page)
            next++;

        return next;
    }

    /// <summary>Moves the first keys of a run to a place before it; how many were moved at once.</summary>
    private int MoveWithin(in KeyRun run, int page, int firstKey)
    {
        int keys = Math.Min(run.Keys, pages.PageTokens - firstKey);
        bool stays = page == run.Page && firstKey == run.FirstKey;
        if (page == run.Page && !stays)
            keys = Math.Min(keys, run.FirstKey - firstKey); // source and destination do not overlap

        KeyRun moved = run with { Keys = keys };
        ReadOnlySpan<int> positions = pages.PositionsOf(moved);
        (int first, int last) = (positions[0], positions[^1]);
        if (!stays)
            pages.Move(moved, page, firstKey);

        ref KeyRun tail = ref _runs[Math.Max(0, _count - 1)];
        if (_count > 0 && tail.Page == page && End(tail) == firstKey)
        {
            tail = tail with { Keys = tail.Keys + keys, LastPosition = last };
            Keys += keys;
        }
        else
        {
            Add(new() { Page = page, FirstKey = firstKey, Keys = keys, FirstPosition = first, LastPosition = last });
        }

        return keys;
    }

    private void Commit() => _committed = new(_count, _count == 0 ? 0 : End(_runs[_count - 1]));

    /// <summary>Where the keys of the positions below <paramref name="tokens"/> end.</summary>
    private Mark MarkAt(int tokens)
    {
        int count = _count;
        while (count > 0 && _runs[count - 1].FirstPosition >= tokens)
            count--;

        int end = count == 0 ? 0 : End(_runs[count - 1]);
        if (count > 0 && _runs[count - 1].LastPosition >= tokens)
            end = _runs[count - 1].FirstKey + pages.PositionsOf(_runs[count - 1]).IndexOfAnyInRange(tokens, int.MaxValue);

        return new(count, end);
    }

    private static int End(in KeyRun run) => run.FirstKey + run.Keys;

    /// <summary>Takes copies of another pool's keys.</summary>
    private void Take(in KeyRun run, PoolPages source)
    {
        if (_count > 0 && run.FirstPosition <= _runs[_count - 1].LastPosition)
            throw new InvalidDataException($"encode: position {run.FirstPosition} goes into a pool that holds position {_runs[_count - 1].LastPosition}; a pool takes keys in ascending order");

        ReadOnlySpan<int> positions = source.PositionsOf(run);
        for (int done = 0; done < run.Keys;)
        {
            int keys = Math.Min(run.Keys - done, Room == 0 ? pages.PageTokens : Room);
            (int page, int firstKey) = Math.DivRem(Extend(positions[done]), pages.PageTokens);
            for (int key = 1; key < keys; key++)
                Extend(positions[done + key]);

            pages.CopyFrom(source, run with { FirstKey = run.FirstKey + done, Keys = keys }, head, page, firstKey);
            done += keys;
        }

        Commit();
    }

    /// <summary>Makes room for the key of a position; where it goes, as page * P + key.</summary>
    private int Extend(int position)
    {
        if (Room > 0)
        {
            ExtendPage(position);
        }
        else
        {
            Add(new() { Page = pages.Take(), FirstKey = 0, Keys = 1, FirstPosition = position, LastPosition = position });
            PagesHeld++;
        }

        ref KeyRun tail = ref _runs[_count - 1];
        pages.SetPosition(tail.Page, End(tail) - 1, position);
        return tail.Page * pages.PageTokens + End(tail) - 1;
    }

    private void ExtendPage(int position)
    {
        ref KeyRun tail = ref _runs[_count - 1];
        if (pages.IsShared(tail.Page))
            Replace(tail.Page, pages.CopyOf(tail.Page));

        if (position == tail.LastPosition + 1)
        {
            tail = tail with { Keys = tail.Keys + 1, LastPosition = position };
            Keys++;
        }
        else
        {
            Add(new() { Page = tail.Page, FirstKey = End(tail), Keys = 1, FirstPosition = position, LastPosition = position });
        }
    }

    private void Replace(int page, int by)
    {
        for (int i = _count - 1; i >= 0 && _runs[i].Page == page; i--)
            _runs[i] = _runs[i] with { Page = by };
    }

    private void Add(in KeyRun run)
    {
        if (_count == _runs.Length)
            Array.Resize(ref _runs, 2 * _runs.Length);

        _runs[_count++] = run;
        Keys += run.Keys;
    }

    private void CutTo(Mark mark)
    {
        while (_count > mark.Runs)
        {
            Keys -= _runs[--_count].Keys;
            int page = _runs[_count].Page;
            if (_count == 0 || _runs[_count - 1].Page != page)
                Give(page);
        }

        if (_count > 0 && End(_runs[_count - 1]) > mark.End)
        {
            ref KeyRun tail = ref _runs[_count - 1];
            int keys = mark.End - tail.FirstKey;
            Keys -= tail.Keys - keys;
            tail = tail with { Keys = keys, LastPosition = pages.PositionsOf(tail)[keys - 1] };
        }
    }

    private void Give(int page)
    {
        pages.Give(page);
        PagesHeld--;
    }

    /// <summary>Puts the runs aside, to be added again; how many there were.</summary>
    private int StartOver()
    {
        if (_before.Length < _runs.Length)
            _before = new KeyRun[_runs.Length];

        int count = _count;
        (_runs, _before, _count, Keys) = (_before, _runs, 0, 0);
        return count;
    }

    /// <summary>Gives the page of a run back, if it was the page's last run and none of them was added again.</summary>
    private void GiveIfEmptied(int run, int count)
    {
        int page = _before[run].Page;
        bool lastOfPage = run + 1 == count || _before[run + 1].Page != page;
        if (lastOfPage && (_count == 0 || _runs[_count - 1].Page != page))
            Give(page);
    }

    /// <summary>Adds what no drop takes from a run, and returns the first drop of the next run.</summary>
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

    private readonly record struct Mark(int Runs, int End);
}
