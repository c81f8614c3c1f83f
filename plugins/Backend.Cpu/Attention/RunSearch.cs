using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Attention;

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

    /// <summary>First key of the run at <paramref name="position"/> or later, 0 .. Keys.</summary>
    public static int IndexOf(in PageReader pages, in KeyRun run, int position)
    {
        if (position <= run.FirstPosition)
            return 0;
        if (position > run.LastPosition)
            return run.Keys;
        if (run.LastPosition - run.FirstPosition + 1 == run.Keys)
            return position - run.FirstPosition;

        int found = pages.PositionsOf(run).BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    /// <summary>The keys of a run at positions <paramref name="from"/> .. <paramref name="to"/>; perhaps none.</summary>
    public static KeyRun Cut(in PageReader pages, in KeyRun run, int from, int to)
    {
        int first = IndexOf(pages, run, from), keys = IndexOf(pages, run, to + 1) - first;
        if (keys <= 0)
            return default;

        ReadOnlySpan<int> positions = pages.PositionsOf(run);
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
