using Spud;

namespace Backend.Shared.Attention;

/// <summary>Finds keys by position. Positions passed to these methods are the ascending positions of the run's keys.</summary>
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

    /// <summary>First key of the run at <paramref name="position"/> or later, 0 .. Keys.</summary>
    public static int IndexOf(in KeyRun run, ReadOnlySpan<int> positions, int position)
    {
        if (position <= run.FirstPosition)
            return 0;
        if (position > run.LastPosition)
            return run.Keys;
        if (run.LastPosition - run.FirstPosition + 1 == run.Keys)
            return position - run.FirstPosition;

        int found = positions.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    /// <summary>The keys of a run at positions <paramref name="from"/> .. <paramref name="to"/>; perhaps none.</summary>
    public static KeyRun Cut(in KeyRun run, ReadOnlySpan<int> positions, int from, int to)
    {
        int first = IndexOf(run, positions, from), end = to == int.MaxValue ? run.Keys : IndexOf(run, positions, to + 1);
        return Part(run, positions, first, end - first);
    }

    /// <summary>Some keys of a run; perhaps none.</summary>
    public static KeyRun Part(in KeyRun run, ReadOnlySpan<int> positions, int first, int keys)
    {
        if (keys <= 0)
            return default;

        return new KeyRun
        {
            Page = run.Page,
            FirstKey = run.FirstKey + first,
            Keys = keys,
            FirstPosition = positions[first],
            LastPosition = positions[first + keys - 1],
        };
    }
}
