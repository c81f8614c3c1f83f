using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Finds keys by position.</summary>
internal static class RunSearch
{
    /// <summary>First run whose last key is at <paramref name="position"/> or later; the number of runs if there is none.</summary>
    public static int FirstReaching(ReadOnlySpan<KeyRun> runs, int position)
    {
        (int from, int to) = (0, runs.Length);
        while (from < to)
        {
            int middle = (from + to) / 2;
            if (runs[middle].LastPosition < position)
                from = middle + 1;
            else
                to = middle;
        }

        return from;
    }

    /// <summary>The keys of a run at positions <paramref name="from"/> .. <paramref name="to"/>; perhaps none.</summary>
    public static KeyRun Cut(in PageView pages, in KeyRun run, int from, int to)
    {
        int first = IndexOf(pages, run, from);
        return Part(pages, run, first, IndexOf(pages, run, to + 1) - first);
    }

    /// <summary>Some keys of a run; perhaps none.</summary>
    public static KeyRun Part(in PageView pages, in KeyRun run, int first, int keys)
    {
        if (keys <= 0)
            return default;

        ReadOnlySpan<int> positions = pages.PositionsOf(run).AsSpan<int>();
        return new KeyRun
        {
            Page = run.Page,
            FirstKey = run.FirstKey + first,
            Keys = keys,
            FirstPosition = positions[first],
            LastPosition = positions[first + keys - 1],
        };
    }

    // First key at the position or later, 0 .. Keys.
    private static int IndexOf(in PageView pages, in KeyRun run, int position)
    {
        if (position <= run.FirstPosition)
            return 0;
        if (position > run.LastPosition)
            return run.Keys;
        if (run.LastPosition - run.FirstPosition + 1 == run.Keys)
            return position - run.FirstPosition;

        int found = pages.PositionsOf(run).AsSpan<int>().BinarySearch(position);
        return found < 0 ? ~found : found;
    }
}
