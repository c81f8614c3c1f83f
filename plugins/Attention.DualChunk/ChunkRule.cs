using Spud;

namespace Attention.DualChunk;

/// <summary>
/// Distances of dual chunk attention (An et al., arXiv:2402.17463). Texts are cut into chunks of s tokens; the position of a key is its offset in its
/// chunk, 0 .. s - 1. A query at offset r of chunk n has position r for the keys of its own chunk, min(s + r, s + w) for those of the previous chunk,
/// and s + w for those of all earlier chunks. So no distance exceeds s + w, and those to the last w tokens are exact.
/// </summary>
/// <param name="ChunkTokens">s, at least 1.</param>
/// <param name="LocalTokens">w, 0 .. s.</param>
internal readonly record struct ChunkRule(int ChunkTokens, int LocalTokens)
{
    /// <exception cref="RefusedException">The numbers are inconsistent.</exception>
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

    /// <summary>Number of tokens by which a query at a position is rotated for the keys of a chunk; at most 0.</summary>
    public int TurnOf(int position, int chunk)
    {
        int own = position / ChunkTokens;
        if (own <= chunk)
            return 0;

        return own == chunk + 1 ? Math.Min(0, LocalTokens - position % ChunkTokens) : (chunk + 1) * ChunkTokens + LocalTokens - position;
    }

    /// <summary>The first chunk for whose keys, and for all later ones, queries up to a position need no rotation.</summary>
    public int FirstStill(int lastPosition) => Math.Max(0, (int)(((long)lastPosition - LocalTokens + ChunkTokens - 1) / ChunkTokens) - 1);
}
