using Scheduler.Market.Fair;
using Spud;

namespace Scheduler.Market.Auction;

/// <summary>
/// A share of the capacity is divided fairly between the accounts of the floor, and the rest is sold. At each tick the whole rest is sold anew; what becomes
/// free before the next tick is sold at once, among those that do not run. What one side does not use is the other's until the next tick.
/// </summary>
internal sealed class AuctionScheduler : IScheduler
{
    private const double NanosPerUnit = 1e9;

    private readonly AuctionOptions _options;
    private readonly FairQueue _floor;
    private readonly Clearing _clearing = new();
    private readonly PostedPrice _posted;
    private readonly long _reserve, _price;
    private int[] _picked = [], _winners = [];
    private TimeSpan _nextTick;
    private long _clearingPrice;

    public AuctionScheduler(AuctionOptions options)
    {
        _options = options;
        _floor = new(options.LeadRows, JobLane.Floor);
        (_reserve, _price) = (Nanos(options.Reserve), Nanos(options.Price));
        _posted = new(_price, options.Surge);
        _clearingPrice = _reserve;
    }

    public MarketPrices Decide(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        Scratch.Grow(ref _picked, capacity.Sequences);
        Scratch.Grow(ref _winners, capacity.Sequences);
        bool isTick = capacity.Now >= _nextTick;
        _floor.Read(capacity, jobs);
        StepDraft draft = isTick ? new(capacity, jobs, decisions, _picked) : WithWinners(capacity, jobs, decisions);
        _floor.Pick(ref draft, capacity, new StepRoom(capacity, _options.Floor), withWaiting: true);

        // Within a tick, what the floor has borrowed is not sold from under it.
        if (!isTick)
            _floor.Pick(ref draft, capacity, new StepRoom(capacity), withWaiting: false);
        if (isTick || Clearing.AnyFits(draft, _reserve))
            _clearing.Sell(ref draft, capacity, _reserve);
        if (isTick)
            Tick(capacity);

        _floor.Pick(ref draft, capacity, new StepRoom(capacity), withWaiting: true);
        PickLargest(ref draft);
        draft.Finish(byArrival: true);
        return new() { Floor = _price, Posted = _posted.Now, Reserve = _reserve, Clearing = _clearingPrice };
    }

    public void Dispose()
    {
    }

    private static long Nanos(double price) => (long)Math.Round(price * NanosPerUnit);

    private void Tick(in StepCapacity capacity)
    {
        _nextTick = capacity.Now + TimeSpan.FromMilliseconds(_options.TickMilliseconds);
        _clearingPrice = _clearing.Price;
        _posted.Follow(_clearing);
    }

    /// <summary>A draft in which those that won at the last tick, or since, go on.</summary>
    private StepDraft WithWinners(in StepCapacity capacity, ReadOnlySpan<JobView> jobs, Span<JobDecision> decisions)
    {
        int winners = 0;
        for (int i = 0; i < jobs.Length && winners < _winners.Length; i++)
        {
            if (jobs[i].Lane == JobLane.Spot && jobs[i].State == JobState.Running && decisions[i].Action == JobAction.Run)
                _winners[winners++] = i;
        }

        StepDraft draft = new(capacity, jobs, decisions, _picked);
        foreach (int winner in _winners.AsSpan(0, winners))
        {
            if (draft.Fits(winner))
                draft.Pick(winner, decisions[winner].PricePerCu);
        }

        return draft;
    }

    /// <summary>A job that needs more pages than there are takes part in no auction: it runs alone if nothing else does.</summary>
    private void PickLargest(ref StepDraft draft)
    {
        for (int i = 0; i < draft.Jobs.Length && draft.IsEmpty; i++)
        {
            ref readonly JobView job = ref draft.Jobs[i];
            if (Clearing.TakesPart(job, _reserve))
                draft.Pick(i, job.Bids ? _reserve : job.PricePerCu);
        }
    }
}
