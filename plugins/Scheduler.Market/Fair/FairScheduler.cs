using Spud;

namespace Scheduler.Market.Fair;

/// <summary>
/// Compute is shared out between accounts in proportion to their weights, whatever their jobs look like: start-time fair queueing with the counters of
/// the virtual token counter, in FLOPs.
/// </summary>
internal sealed class FairScheduler(FairOptions options) : IScheduler
{
    private readonly FairQueue _queue = new(options.LeadRows, lane: null);
    private int[] _picked = [];

    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        Scratch.Grow(ref _picked, capacity.Sequences);
        StepDraft draft = new(capacity, jobs, decisions, _picked);
        _queue.Read(capacity, jobs);
        _queue.Pick(ref draft, capacity, new StepRoom(capacity), withWaiting: true);
        draft.Finish(byArrival: false);
        return default;
    }

    public void Dispose()
    {
    }
}
