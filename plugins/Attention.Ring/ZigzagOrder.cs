namespace Attention.Ring;

/// <summary>
/// Assigns blocks of positions to R ranks: of each group of 2R blocks, rank r has block r and block 2R - 1 - r. Early keys are seen by more rows
/// than late ones, so that a pair of blocks at the same distance from both ends of the group is as much work for every rank.
/// </summary>
/// <param name="Ranks">R, at least 1.</param>
/// <param name="BlockTokens">Positions per block, at least 1.</param>
internal readonly record struct ZigzagOrder(int Ranks, int BlockTokens)
{
    /// <summary>The rank that has the key of a position.</summary>
    public int RankOf(int position)
    {
        int block = position / BlockTokens % (2 * Ranks);
        return Math.Min(block, 2 * Ranks - 1 - block);
    }
}
