using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// The pages of one sequence in one layer: kept runs, oldest first. What was appended since the last commit is pending and goes with
/// <see cref="Rollback"/>.
/// </summary>
internal sealed class PageTable(LayerPages pages) : IHistory
{
    private KeyRun[] _runs = new KeyRun[pages.PagesPerSequence + 2];
    private KeyRun[] _before = [];
    private int _count;
    private Mark _committed;
    private readonly List<(int Run, int FirstKey, int Keys)> _drops = [];

    /// <summary>Committed tokens, kept or not.</summary>
    public int Tokens => _committed.Tokens;

    /// <summary>Largest position that a policy let go; -1 if none.</summary>
    public int LastDropped { get; private set; } = -1;

    public ReadOnlySpan<KeyRun> Runs => _runs.AsSpan(0, _count);

    /// <summary>The shared page that the next row goes into; -1 where that row needs no copy.</summary>
    public int SharedTail => Room > 0 && pages.IsShared(_runs[_count - 1].Page) ? _runs[_count - 1].Page : -1;

    private int Room => _count == 0 ? 0 : pages.PageTokens - End(_runs[_count - 1]);

    /// <summary>Committed tokens that are kept.</summary>
    public int KeptTokens
    {
        get
        {
            if (LastDropped < 0)
                return Tokens;

            int kept = 0;
            foreach (ref readonly KeyRun run in Runs)
                kept += run.Keys;

            return kept;
        }
    }

    /// <summary>Keys that rows at these positions see, their own included.</summary>
    public KeyCount KeysSeen(int firstRow, int lastRow, long window) =>
        LastDropped < 0 ? KeyCount.Of(0, lastRow, firstRow, lastRow, window) : KeyCount.Of(Runs, firstRow, lastRow, window);

    /// <summary>Likewise of rows that are yet to be appended, if nothing is dropped meanwhile.</summary>
    public KeyCount KeysToBeSeen(int firstRow, int lastRow, long window) =>
        LastDropped < 0 ? KeyCount.Of(0, lastRow, firstRow, lastRow, window) : KeyCount.Of(Runs, firstRow, lastRow, window) + KeyCount.Of(Tokens, lastRow, firstRow, lastRow, window);

    /// <summary>Pages that an append of so many rows takes from the pool, beside a copy of <see cref="SharedTail"/>.</summary>
    public int PagesWanted(int rows) => (int)((Math.Max(0L, rows - Room) + pages.PageTokens - 1) / pages.PageTokens);

    /// <summary>Makes room for rows at positions <paramref name="first"/> on and tells where each goes.</summary>
    /// <param name="first">Position of the first row.</param>
    /// <param name="slots">I32 [rows], written: page * P + key.</param>
    public void Append(int first, Span<int> slots)
    {
        for (int row = 0; row < slots.Length; row++)
        {
            int position = first + row;
            if (_count > 0 && End(_runs[_count - 1]) < pages.PageTokens)
                Extend(position);
            else
                Add(new() { Page = pages.Take(), FirstKey = 0, Keys = 1, FirstPosition = position, LastPosition = position });

            ref KeyRun tail = ref _runs[_count - 1];
            pages.SetPosition(tail.Page, End(tail) - 1, position);
            slots[row] = tail.Page * pages.PageTokens + End(tail) - 1;
        }
    }

    /// <summary>Drops what is pending.</summary>
    public void Rollback() => CutTo(_committed);

    /// <summary>Keeps what is pending and lets the policy look at it if a page was filled.</summary>
    public void Commit(int tokens, int layer, ICachePolicy policy)
    {
        bool filled = tokens / pages.PageTokens != _committed.Tokens / pages.PageTokens;
        _committed = new(_count, _count == 0 ? 0 : End(_runs[_count - 1]), tokens);
        if (!filled)
            return;

        policy.Review(layer, this);
        if (_drops.Count > 0)
            ApplyDrops();
        RequirePromise();
    }

    /// <summary>Forgets everything from position <paramref name="tokens"/> on.</summary>
    public void Truncate(int tokens)
    {
        int count = _count;
        while (count > 0 && _runs[count - 1].FirstPosition >= tokens)
            count--;

        int end = count == 0 ? 0 : End(_runs[count - 1]);
        if (count > 0 && _runs[count - 1].LastPosition >= tokens)
            end = _runs[count - 1].FirstKey + pages.PositionsOf(_runs[count - 1]).IndexOfAnyInRange(tokens, int.MaxValue);

        CutTo(new(count, end, tokens));
        (_committed, LastDropped) = (new(_count, end, tokens), Math.Min(LastDropped, tokens - 1));
    }

    /// <summary>The committed part, shared: pages are copied when one of the two writes into them.</summary>
    public void ForkInto(PageTable child)
    {
        child._runs = _runs.AsSpan().ToArray();
        (child._count, child._committed, child.LastDropped) = (_count, _committed, LastDropped);
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
        (_committed, LastDropped) = (default, -1);
    }

    public void Drop(int run, int firstKey, int keys)
    {
        if ((uint)run >= (uint)_count)
            throw new ArgumentOutOfRangeException(nameof(run), $"drop: run {run} of {_count}");
        if (firstKey < 0 || keys < 1 || firstKey > _runs[run].Keys - keys)
            throw new ArgumentOutOfRangeException(nameof(firstKey), $"drop: keys {firstKey} .. {firstKey + keys} of {_runs[run].Keys}");

        _drops.Add((run, firstKey, keys));
    }

    private static int End(in KeyRun run) => run.FirstKey + run.Keys;

    private void Extend(int position)
    {
        ref KeyRun tail = ref _runs[_count - 1];
        if (pages.IsShared(tail.Page))
            Replace(tail.Page, pages.CopyOf(tail.Page));

        if (position == tail.LastPosition + 1)
            tail = tail with { Keys = tail.Keys + 1, LastPosition = position };
        else
            Add(new() { Page = tail.Page, FirstKey = End(tail), Keys = 1, FirstPosition = position, LastPosition = position });
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
    }

    private void CutTo(Mark mark)
    {
        while (_count > mark.Runs)
        {
            int page = _runs[--_count].Page;
            if (_count == 0 || _runs[_count - 1].Page != page)
                pages.Give(page);
        }

        if (_count > 0 && End(_runs[_count - 1]) > mark.End)
        {
            ref KeyRun tail = ref _runs[_count - 1];
            int keys = mark.End - tail.FirstKey;
            tail = tail with { Keys = keys, LastPosition = pages.PositionsOf(tail)[keys - 1] };
        }
    }

    private void RequirePromise()
    {
        if (KeptTokens > pages.TokensAtMost)
            throw new InvalidDataException($"{KeptTokens} tokens are kept after a review, at most {pages.TokensAtMost} were promised in the layout");
    }

    private void ApplyDrops()
    {
        _drops.Sort(static (one, other) => (one.Run, one.FirstKey).CompareTo((other.Run, other.FirstKey)));
        if (_before.Length < _runs.Length)
            _before = new KeyRun[_runs.Length];

        int count = _count;
        (_runs, _before, _count) = (_before, _runs, 0);
        for (int run = 0, drop = 0; run < count; run++)
        {
            drop = KeepRest(run, drop);
            int page = _before[run].Page;
            bool lastOfPage = run + 1 == count || _before[run + 1].Page != page;
            if (lastOfPage && (_count == 0 || _runs[_count - 1].Page != page))
                pages.Give(page);
        }

        _drops.Clear();
        _committed = _committed with { Runs = _count, End = _count == 0 ? 0 : End(_runs[_count - 1]) };
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

    private readonly record struct Mark(int Runs, int End, int Tokens);
}
