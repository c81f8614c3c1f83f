using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Attention.Ring;

/// <summary>Options of the fold decorator.</summary>
internal sealed class RingOptions
{
    public const int DefaultRanks = 2;

    [Description("Number of ranks over which keys are distributed. Without it: 2, or with transport 'mpi' the number of processes.")]
    [Range(1, 64)]
    public int? Ranks { get; set; }

    [Description("Consecutive tokens whose keys are on the same rank.")]
    [Range(1, 1 << 20)]
    public int BlockTokens { get; set; } = 256;

    [Description("Maximum memory of each rank for keys and values, in MiB. Without it: no limit.")]
    [Range(1, int.MaxValue)]
    public int? MemoryMiB { get; set; }

    [Description("What the ranks are: threads of this process, or processes that mpirun started.")]
    public Transport Transport { get; set; } = Transport.Threads;

    [Description("With transport 'mpi': seconds after which a rank that does not start or answer is given up.")]
    [Range(1, 86_400)]
    public int TimeoutSeconds { get; set; } = 60;

    /// <summary>Limit of a rank's memory; null for none.</summary>
    public long? MemoryBytes => MemoryMiB * 1048576L;
}
