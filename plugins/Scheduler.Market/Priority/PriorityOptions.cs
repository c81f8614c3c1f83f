using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Scheduler.Market.Priority;

/// <summary>Options of scheduler "priority".</summary>
internal sealed class PriorityOptions
{
    /// <summary>How long a job waits until it counts as one tier more urgent.</summary>
    [Description("Seconds that a job waits until it counts as one tier more urgent.")]
    [Range(0.001, 86_400)]
    public double AgeingSeconds { get; set; } = 30;
}
