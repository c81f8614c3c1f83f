using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Scheduler.Market.Fair;

/// <summary>Options of scheduler "fair".</summary>
internal class FairOptions
{
    /// <summary>How far an account may run ahead of one that waits.</summary>
    [Description("Rows by whose cost an account may run ahead of one that waits; then its latest jobs give way.")]
    [Range(1, 1_000_000)]
    public int LeadRows { get; set; } = 256;
}
