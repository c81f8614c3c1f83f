using Spud;

namespace Backend.Torch.Attention;

/// <summary>Keys of one page that lie together and are read in one go.</summary>
internal readonly record struct Segment(int Page, int First, int Keys);

/// <summary>Neighbouring rows of one sequence.</summary>
internal readonly record struct Block(int FirstRow, int Rows, int FirstPosition)
{
    public int LastPosition => FirstPosition + Rows - 1;
}

/// <summary>Cuts runs of keys to what a block of rows may see.</summary>
internal static class KeySegments
{
    /// <summary>The keys of a run at positions from .. to; none if <see cref="Segment.Keys"/> is 0.</summary>
    public static Segment Cut(in FoldedPages pages, in KeyRun run, int from, int to)
    {
        if (run.LastPosition < from || run.FirstPosition > to)
            return default;

        ReadOnlySpan<int> positions = pages.PositionsOf(run.Page).Slice(run.FirstKey, run.Keys);
        int first = FirstAtLeast(positions, from), end = FirstAtLeast(positions, (long)to + 1);
        return new Segment(run.Page, run.FirstKey + first, end - first);
    }

    private static int FirstAtLeast(ReadOnlySpan<int> ascending, long position)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = ascending[middle] < position ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
