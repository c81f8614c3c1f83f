namespace Spud.Execution;

/// <summary>The rules of <see cref="JobDecision"/>.</summary>
internal static class DecisionCheck
{
    /// <summary>Whether a job gets rows.</summary>
    public static bool Runs(in JobView job, in JobDecision decision) => job.State != JobState.Ended && decision.Action == JobAction.Run;

    /// <summary>The first rule that is broken, as a sentence; null if none.</summary>
    /// <param name="capacity">The limits of the step.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="decisions">One for each.</param>
    /// <param name="prices">The prices that hold from now on.</param>
    /// <param name="seen">Scratch, at least one for each job.</param>
    public static string? FaultOf(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, ReadOnlySpan<JobDecision> decisions, in MarketPrices prices, Span<int> seen)
    {
        if (Math.Min(Math.Min(prices.Floor, prices.Posted), Math.Min(prices.Reserve, prices.Clearing)) < 0)
            return "it gave a price below 0.";

        seen[..jobs.Length].Clear();
        long rows = 0, pages = 0;
        int holding = 0;
        for (int i = 0; i < jobs.Length; i++)
        {
            ref readonly JobView job = ref jobs[i];
            ref readonly JobDecision decision = ref decisions[i];
            if (job.State == JobState.Ended)
                continue;
            if (decision.Action is not (JobAction.Wait or JobAction.Run or JobAction.Release))
                return $"it decided {(int)decision.Action} about job {job.Id}, which is not an action.";
            if (decision.PricePerCu < 0 || decision.PricePerCu > job.PricePerCu)
                return $"it charges job {job.Id} {decision.PricePerCu} nano-units per CU, expected 0 to {job.PricePerCu}.";

            if (decision.Action == JobAction.Run)
            {
                if ((uint)decision.Rank >= (uint)jobs.Length || seen[decision.Rank]++ > 0)
                    return $"it gave job {job.Id} rank {decision.Rank}, expected a different one below {jobs.Length} for each.";
                if (decision.Rows < 1)
                    return $"it gave job {job.Id} {decision.Rows} rows, expected at least 1.";

                rows += decision.Rows;
            }

            if (decision.Action == JobAction.Run || job.State == JobState.Running && decision.Action == JobAction.Wait)
                (holding, pages) = (holding + 1, pages + job.PagesToEnd);
        }

        if (rows > capacity.Rows)
            return $"it gave {rows} rows, and a step has {capacity.Rows}.";
        if (holding > capacity.Sequences)
            return $"it lets {holding} jobs hold a sequence, and there are {capacity.Sequences}.";
        return pages > capacity.Pages && holding > 1 ? $"it lets {holding} jobs hold {pages} pages, and there are {capacity.Pages}." : null;
    }
}
