using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Drafter.Heads;

/// <summary>Options of drafter "heads".</summary>
internal sealed class HeadsOptions
{
    /// <summary>Maximum number of tokens of a draft; the pack may have fewer blocks.</summary>
    [Description("Maximum number of tokens of a draft; at most as many as the pack has blocks.")]
    [Range(1, HeadBlocks.MaxCount)]
    public int Length { get; set; } = HeadBlocks.MaxCount;

    /// <summary>A draft ends before a token whose probability is lower.</summary>
    [Description("A draft ends where a block gives its most likely token a lower probability.")]
    [Range(0.0, 1.0)]
    public float MinProbability { get; set; } = 0.3f;
}
