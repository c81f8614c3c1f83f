namespace Spud.Execution;

// Compacts keys if drops have left pages half empty.
internal sealed partial class RunTable
{
    /// <summary>Compacts keys if that frees pages. Pages shared by forks stay as they are, together with all before them.</summary>
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

        // Keys never move towards the end, so pages after the last one in use are empty.
        while ((pageRun = NextPage(pageRun, count)) < count)
            Give(_before[pageRun].Page);
    }

    /// <summary>The first run of the next page, among the runs set aside.</summary>
    private int NextPage(int run, int count)
    {
        int next = run + 1;
        while (next < count && run >= 0 && _before[next].Page == _before[run].Page)
            next++;

        return next;
    }

    /// <summary>Moves the first keys of a run to an earlier place; returns how many were moved at once.</summary>
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
}
