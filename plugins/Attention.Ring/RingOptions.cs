using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Attention.Ring;

/// <summary>Options of the fold decorator.</summary>
internal sealed class RingOptions
{
    [Description("Number of ranks over which keys are distributed.")]
    [Range(1, 64)]
    public int Ranks { get; set; } = 2;

    [Description("Consecutive tokens whose keys are on the same rank.")]
    [Range(1, 1 << 20)]
    public int BlockTokens { get; set; } = 256;

    [Description("Maximum memory of each rank for keys and values, in MiB. Without it: no limit.")]
    [Range(1, int.MaxValue)]
    public int? MemoryMiB { get; set; }
}
