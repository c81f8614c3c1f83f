using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// The kept runs of one sequence in one pool, of one KV head or of all that share the pool: oldest first. Rows appended since the last
/// commit are pending and dropped by <see cref="Rollback"/>.
/// </summary>
/// <param name="pages">The pool.</param>
/// <param name="head">KV head; 0 if the heads share the pool.</param>
internal sealed partial class RunTable(PoolPages pages, int head)
{
    private KeyRun[] _runs = new KeyRun[pages.PagesPerSequence / pages.Tables + 2];
    private KeyRun[] _before = [];
    private int _count;
    private Mark _committed;

    public PoolPages Pages => pages;

    /// <summary>Largest position dropped by a policy; -1 if none.</summary>
    public int LastDropped { get; private set; } = -1;

    /// <summary>Whether keys were moved to another pool.</summary>
    public bool HasMoved { get; private set; }

    public ReadOnlySpan<KeyRun> Runs => _runs.AsSpan(0, _count);

    /// <summary>Number of keys in all runs.</summary>
    public int Keys { get; private set; }

    /// <summary>Positions of all keys, run by run.</summary>
    public int[] Positions()
    {
        List<int> positions = [];
        foreach (ref readonly KeyRun run in Runs)
            positions.AddRange(pages.PositionsOf(run));

        return [.. positions];
    }

    /// <summary>Pages that contain the runs.</summary>
    public int PagesHeld { get; private set; }

    /// <summary>The shared page that the next key goes into; -1 if that key needs no copy.</summary>
    public int SharedTail => Room > 0 && pages.IsShared(_runs[_count - 1].Page) ? _runs[_count - 1].Page : -1;

    private int Room => _count == 0 ? 0 : pages.PageTokens - End(_runs[_count - 1]);

    /// <summary>Keys seen by rows at these positions.</summary>
    /// <param name="firstRow">Position of the first row.</param>
    /// <param name="lastRow">Position of the last row.</param>
    /// <param name="window">Keys that a row may see, including its own.</param>
    /// <param name="tokens">Positions appended to this table, if it takes the rows of steps; else 0.</param>
    public KeyCount KeysSeen(int firstRow, int lastRow, long window, int tokens) =>
        tokens > 0 && Keys == tokens && LastDropped < 0 && !HasMoved ? KeyCount.Of(0, tokens - 1, firstRow, lastRow, window) : KeyCount.Of(Runs, Keys, pages.Pool, firstRow, lastRow, window);

    /// <summary>Pages that this many more keys take from the pool, in addition to a copy of <see cref="SharedTail"/>.</summary>
    public int PagesWanted(int keys) => (int)((Math.Max(0L, keys - Room) + pages.PageTokens - 1) / pages.PageTokens);

    /// <summary>Makes room for rows from position <paramref name="first"/> on and determines their slots.</summary>
    /// <param name="first">Position of the first row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="slots">Written: page * P + key of a row, every <paramref name="stride"/> entries.</param>
    /// <param name="stride">Number of tables that write into the same slots in turn.</param>
    public void Append(int first, int rows, Span<int> slots, int stride)
    {
        for (int row = 0; row < rows; row++)
            slots[row * stride] = Extend(first + row, joins: pages.HasHoles);
    }

    /// <summary>Drops pending rows.</summary>
    public void Rollback() => CutTo(_committed);

    /// <summary>Keeps pending rows at positions below <paramref name="tokens"/>, and drops the rest.</summary>
    public void Commit(int tokens)
    {
        CutTo(MarkAt(tokens));
        Commit();
    }

    /// <summary>Removes everything from position <paramref name="tokens"/> on.</summary>
    public void Truncate(int tokens)
    {
        CutTo(MarkAt(tokens));
        LastDropped = Math.Min(LastDropped, tokens - 1);
        HasMoved &= tokens > 0;
        Commit();
    }

    /// <summary>Shares the committed part: pages are copied when one of the two writes into them.</summary>
    public void ForkInto(RunTable child)
    {
        if (child._runs.Length < _count)
            child._runs = new KeyRun[_runs.Length];

        Runs.CopyTo(child._runs);
        (child._count, child._committed, child.LastDropped, child.HasMoved) = (_count, _committed, LastDropped, HasMoved);
        (child.Keys, child.PagesHeld) = (Keys, PagesHeld);
        for (int i = 0; i < _count; i++)
        {
            if (IsFirstOfPage(i))
                pages.Share(_runs[i].Page);
        }
    }

    /// <summary>Copies keys, values and positions of another pipeline's table into this one, which must be empty.</summary>
    public void CopyFrom(RunTable source)
    {
        foreach (ref readonly KeyRun run in source.Runs)
            Take(run, source.Pages);

        (LastDropped, HasMoved) = (source.LastDropped, source.HasMoved);
    }

    /// <summary>Frees all pages.</summary>
    public void Clear()
    {
        CutTo(default);
        (_committed, LastDropped, HasMoved) = (default, -1, false);
        ForgetChanges();
    }

    private void Commit() => _committed = new(_count, _count == 0 ? 0 : End(_runs[_count - 1]));

    /// <summary>The end of the keys at positions below <paramref name="tokens"/>.</summary>
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

    /// <summary>Makes room for the key of a position; returns its slot as page * P + key.</summary>
    /// <param name="position">Position, after all others.</param>
    /// <param name="joins">Whether a run continues across missing positions; otherwise a new one begins.</param>
    private int Extend(int position, bool joins = false)
    {
        if (Room > 0)
        {
            ExtendPage(position, joins);
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

    private void ExtendPage(int position, bool joins)
    {
        ref KeyRun tail = ref _runs[_count - 1];
        if (pages.IsShared(tail.Page))
            Replace(tail.Page, pages.CopyOf(tail.Page));

        if (joins || position == tail.LastPosition + 1)
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

    /// <summary>Sets the runs aside, to be added again; returns their number.</summary>
    private int StartOver()
    {
        if (_before.Length < _runs.Length)
            _before = new KeyRun[_runs.Length];

        int count = _count;
        (_runs, _before, _count, Keys) = (_before, _runs, 0, 0);
        return count;
    }

    private readonly record struct Mark(int Runs, int End);
}
