using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>The limits of the next step.</summary>
[Experimental(Experiments.Id)]
public readonly struct StepCapacity
{
    /// <summary>Time since the loop began; it never goes back.</summary>
    public required TimeSpan Now { get; init; }

    /// <summary>Duration of the last step; zero before the first.</summary>
    public required TimeSpan LastStep { get; init; }

    /// <summary>Number of accounts that have been seen: indices of accounts are below this.</summary>
    public required int Accounts { get; init; }

    /// <summary>Maximum number of rows of the step, of all jobs together; at least 1.</summary>
    public required int Rows { get; init; }

    /// <summary>Maximum number of jobs that hold a sequence at the same time; at least 1.</summary>
    public required int Sequences { get; init; }

    /// <summary>Pages for all jobs together, those that they hold included, in the pool that has the least room.</summary>
    public required int Pages { get; init; }

    /// <summary>About what one row costs, in FLOPs; at least 1. Quanta are measured in it, so that they suit models of any size.</summary>
    public required long RowFlops { get; init; }
}
