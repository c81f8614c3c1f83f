using Spud;

namespace Backend.Onnx.Attention;

/// <summary>
/// Added to the scores: 0 where a row sees a key, <see cref="Hidden"/> where it does not. The layers of a step mostly need the same
/// mask, so the last one is kept.
/// </summary>
internal sealed class FoldMask(IBuildContext build, IMemoryDomain domain, int maxElements)
{
    /// <summary>Far below any score and far above minus infinity, so that a row without keys gives finite numbers.</summary>
    public const float Hidden = -1e30f;

    /// <summary>A maximum below this belongs to a row that saw no key.</summary>
    public const float NoKey = -1e29f;

    private readonly TensorView _memory = build.Allocate(build.Host, ElementType.F32, maxElements);
    private readonly TensorView _there = domain.IsHost ? default : build.Allocate(domain, ElementType.F32, maxElements);
    private (RowBlock Rows, int Window, int First, int Last) _made;

    /// <summary>Whether some row of the block does not see every key.</summary>
    public static bool IsNeeded(in RowBlock rows, int window, ReadOnlySpan<int> positions) =>
        positions[^1] > rows.FirstPosition || positions[0] <= rows.LastPosition - window;

    /// <summary>F32 [rows, keys].</summary>
    public TensorView Of(in RowBlock rows, int window, ReadOnlySpan<int> positions)
    {
        TensorView here = new(build.Host, _memory.Address, ElementType.F32, rows.Rows, positions.Length);
        TensorView mask = domain.IsHost ? here : new(domain, _there.Address, ElementType.F32, rows.Rows, positions.Length);
        bool gapless = positions[^1] - positions[0] + 1 == positions.Length;
        (RowBlock, int, int, int) wanted = (rows with { FirstRow = 0 }, window, positions[0], positions[^1]);
        if (gapless && _made == wanted)
            return mask;

        Span<float> all = here.AsSpan<float>();
        for (int row = 0; row < rows.Rows; row++)
            Fill(all.Slice(row * positions.Length, positions.Length), rows.FirstPosition + row, window, positions);

        if (!domain.IsHost)
            domain.Copy(here, mask);
        _made = gapless ? wanted : default;
        return mask;
    }

    // Positions ascend, so hidden keys are at both ends.
    private static void Fill(Span<float> row, int position, int window, ReadOnlySpan<int> positions)
    {
        int seen = FirstAbove(positions, position - window), unseen = FirstAbove(positions, position);
        row[..seen].Fill(Hidden);
        row[seen..unseen].Clear();
        row[unseen..].Fill(Hidden);
    }

    private static int FirstAbove(ReadOnlySpan<int> positions, int position)
    {
        if (position == int.MaxValue)
            return positions.Length;

        int found = positions.BinarySearch(position + 1);
        return found < 0 ? ~found : found;
    }
}
