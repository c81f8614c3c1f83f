using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// What a scheduler decided about a job. Together, the jobs that run and those that wait but keep their pages hold at most
/// <see cref="StepCapacity.Sequences"/> sequences and <see cref="StepCapacity.Pages"/> pages (<see cref="JobView.PagesToEnd"/> each); the rows of
/// those that run are at most <see cref="StepCapacity.Rows"/>. A single job that runs alone may need more pages than there are. The host serves
/// fewer rows, or fewer jobs, where it must.
/// </summary>
[Experimental(Experiments.Id)]
public struct JobDecision
{
    /// <summary>What happens to the job.</summary>
    public JobAction Action { get; set; }

    /// <summary>Of a job that runs: its place in the order in which the host fills the step, 0 .. jobs - 1, different for each.</summary>
    public int Rank { get; set; }

    /// <summary>Of a job that runs: its maximum number of rows in the step, at least 1.</summary>
    public int Rows { get; set; }

    /// <summary>What it pays for a CU that is billed from now on, in nano-units: 0 .. <see cref="JobView.PricePerCu"/>.</summary>
    public long PricePerCu { get; set; }
}
