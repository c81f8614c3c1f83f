using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// Decides which jobs the next step serves, which give their pages back, and what a job pays per CU. It belongs to the loop that runs steps, not to
/// the forward pass: it sees no tensors. All calls come from the loop's thread, between two steps. Equal calls in equal order get equal
/// answers, and a call allocates nothing once it has seen as many jobs and accounts.
/// </summary>
/// <remarks>
/// What a scheduler knows of a job is in its view and in its last decision, which the host keeps; so it needs to remember nothing of jobs, only
/// of accounts. A scheduler that throws, or whose decisions break a rule of <see cref="JobDecision"/>, is replaced by the built-in <c>fifo</c>.
/// </remarks>
[Experimental(Experiments.Id)]
public interface IScheduler : IDisposable
{
    /// <summary>Decides about the next step.</summary>
    /// <param name="capacity">The limits of the step, and the time.</param>
    /// <param name="jobs">Every open job, in ascending order of <see cref="JobView.Id"/>, and those that ended since the last call. May be empty.</param>
    /// <param name="decisions">
    /// One for each job. On entry, the last decision about the job; for a new one, the default: wait, at no price. Of a job that has ended nothing
    /// is read.
    /// </param>
    /// <returns>The prices that hold from now on.</returns>
    MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions);
}
