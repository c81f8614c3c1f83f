using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Attention.DualChunk;

/// <summary>Options of the fold decorator.</summary>
internal sealed class DualChunkOptions
{
    [Description("Tokens of a chunk. Without it: five eighths of the length that the model was trained for.")]
    [Range(1, int.MaxValue)]
    public int? ChunkTokens { get; set; }

    [Description("Tokens of a chunk, from its first, whose distances to the chunk before are exact; at most chunkTokens. Without it: an eighth of the trained length, or a fifth of chunkTokens.")]
    [Range(0, int.MaxValue)]
    public int? LocalTokens { get; set; }

    [Description("Whether scores of positions beyond the trained length n are multiplied by 1 + 0.1 ln(position / n), against the spread over more keys.")]
    public bool ScaleScores { get; set; }
}
