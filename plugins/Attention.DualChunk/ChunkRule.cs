using Spud;

namespace Attention.DualChunk;

/// <summary>
/// Distances of dual chunk attention (An et al., arXiv:2402.17463). Texts are cut into chunks of s tokens; a key of chunk m counts as lying at its
/// place in the chunk, 0 .. s - 1. A query at place r of chunk n meets the keys of its own chunk at r, those of the chunk before at min(s + r, s + w),
/// and those of all earlier chunks at s + w. So no distance exceeds s + w, and those to the last w tokens are exact.
/// </summary>
/// <param name="ChunkTokens">s, at least 1.</param>
/// <param name="LocalTokens">w, 0 .. s.</param>
internal readonly record struct ChunkRule(int ChunkTokens, int LocalTokens)
{
    /// <exception cref="RefusedException">The numbers do not go together.</exception>
    public static ChunkRule Of(DualChunkOptions options, int trainedTokens)
    {
        int chunk = options.ChunkTokens ?? Math.Max(1, (int)(trainedTokens * 5L / 8));
        int local = options.LocalTokens ?? (options.ChunkTokens is null ? trainedTokens / 8 : chunk / 5);
        return local <= chunk
            ? new(chunk, local)
            : throw new RefusedException($"localTokens is {local}: expected at most chunkTokens, which is {chunk}");
    }

    /// <summary>The largest distance between a query and a key.</summary>
    public long MaxDistance => (long)ChunkTokens + LocalTokens;

    /// <summary>How many tokens a query at a position is turned by, before it meets the keys of a chunk; at most 0.</summary>
    public int TurnOf(int position, int chunk)
    {
        int own = position / ChunkTokens;
        if (own <= chunk)
            return 0;

        return own == chunk + 1 ? Math.Min(0, LocalTokens - position % ChunkTokens) : (chunk + 1) * ChunkTokens + LocalTokens - position;
    }

    /// <summary>The first chunk whose keys queries up to a position meet without being turned; so do they all later keys.</summary>
    public int FirstStill(int lastPosition) => Math.Max(0, (int)(((long)lastPosition - LocalTokens + ChunkTokens - 1) / ChunkTokens) - 1);
}
