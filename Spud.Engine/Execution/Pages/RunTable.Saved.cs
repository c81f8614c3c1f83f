namespace Spud.Execution;

/// <summary>Saving runs to a file and restoring them.</summary>
internal sealed partial class RunTable
{
    /// <summary>Locations of the committed runs in their pages.</summary>
    public SavedRun[] SavedRuns()
    {
        SavedRun[] saved = new SavedRun[_count];
        for (int i = 0; i < _count; i++)
            saved[i] = new(i == 0 || _runs[i].Page != _runs[i - 1].Page ? 1 : 0, _runs[i].FirstKey, _runs[i].Keys);

        return saved;
    }

    /// <summary>Makes room for saved runs in an empty table; their keys and values must then be written.</summary>
    /// <param name="runs">The result of <see cref="SavedRuns"/>.</param>
    /// <param name="positions">Positions of all keys.</param>
    /// <param name="saved">Other saved data of the table.</param>
    /// <exception cref="InvalidDataException">No such runs are possible here.</exception>
    public void Restore(ReadOnlySpan<SavedRun> runs, ReadOnlySpan<int> positions, SavedTable saved)
    {
        int done = 0, page = -1, end = 0;
        foreach (ref readonly SavedRun run in runs)
        {
            bool isNew = run.IsNewPage != 0;
            if (run.Keys < 1 || run.Keys > positions.Length - done || run.FirstKey < (isNew ? 0 : end) || run.FirstKey > pages.PageTokens - run.Keys || (page < 0 && !isNew))
                throw new InvalidDataException("its runs do not fit their pages");
            if (isNew)
            {
                page = pages.FreePages > 0 ? pages.Take() : throw new InvalidDataException($"it needs more than the {PagesHeld} pages that are free");
                PagesHeld++;
            }

            ReadOnlySpan<int> at = positions.Slice(done, run.Keys);
            Add(new() { Page = page, FirstKey = run.FirstKey, Keys = run.Keys, FirstPosition = at[0], LastPosition = at[^1] });
            for (int key = 0; key < at.Length; key++)
                pages.SetPosition(page, run.FirstKey + key, at[key]);

            (done, end) = (done + run.Keys, run.FirstKey + run.Keys);
        }

        if (done != positions.Length)
            throw new InvalidDataException("its runs do not have all keys");

        (LastDropped, HasMoved) = (saved.LastDropped, saved.HasMoved);
        Commit();
    }
}
