namespace Spud.Execution;

/// <summary>
/// The positions that no step crosses, because a cache may drop keys there or a component's state of the text changes: a row sees what
/// was known at the border before it, regardless of the number of rows per step. See <see cref="CacheLayout.ReviewTokens"/> and
/// <see cref="SequenceStateLayout.BorderTokens"/>.
/// </summary>
/// <param name="everyTokens">Borders are at multiples of each.</param>
internal sealed class ReviewBorders(IEnumerable<int> everyTokens)
{
    private readonly int[] _every = [.. everyTokens.Distinct()];

    /// <summary>The borders of a layer are at multiples of this; null if it has none.</summary>
    public static int? Of(CacheLayout layout, Offer cache) => layout.ReviewTokens ?? (cache.RowInvariant ? null : layout.PageTokens);

    /// <summary>Whether a position is a border.</summary>
    public bool IsAt(int position)
    {
        foreach (int every in _every)
        {
            if (position % every == 0)
                return true;
        }

        return false;
    }

    /// <summary>Rows from a position up to the next border, at least 1.</summary>
    public int RowsFrom(int position)
    {
        int rows = int.MaxValue;
        foreach (int every in _every)
            rows = Math.Min(rows, every - position % every);

        return rows;
    }
}
