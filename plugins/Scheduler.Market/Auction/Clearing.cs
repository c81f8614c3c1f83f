using Spud;

namespace Scheduler.Market.Auction;

/// <summary>
/// One auction. The densest bids win as long as their bundles fit, and one that does not fit is passed over. A winner pays its critical price: the
/// lowest bid with which it would still have won, at least the reserve. Who does not bid takes part with the price that was quoted, and pays that.
/// </summary>
internal sealed class Clearing
{
    private Bid[] _bids = [];
    private StepRoom[] _roomBefore = [];
    private int _count;

    /// <summary>What a bundle of size 1 would have had to exceed: the densest bid that lost, or the reserve.</summary>
    public long Price { get; private set; }

    /// <summary>Whether a bid lost.</summary>
    public bool IsSoldOut { get; private set; }

    /// <summary>Whether a job may win: bids below the reserve do not.</summary>
    public static bool TakesPart(in JobView job, long reserve) => job.Lane == JobLane.Spot && job.State != JobState.Ended && !(job.Bids && job.PricePerCu < reserve);

    /// <summary>Whether there is anything to sell, and somebody to buy it.</summary>
    public static bool AnyFits(in StepDraft draft, long reserve)
    {
        for (int i = 0; i < draft.Jobs.Length && draft.Room.Slots > 0; i++)
        {
            if (TakesPart(draft.Jobs[i], reserve) && !draft.IsPicked(i) && draft.Room.Fits(draft.Jobs[i]))
                return true;
        }

        return false;
    }

    /// <summary>Sells what is left of a step to the spot jobs that are not picked yet.</summary>
    public void Sell(ref StepDraft draft, in StepCapacity capacity, long reserve)
    {
        Collect(draft, capacity, reserve);
        (Price, IsSoldOut) = (reserve, false);
        for (int i = 0; i < _count; i++)
        {
            ref readonly Bid bid = ref _bids[i];
            _roomBefore[i] = draft.Room;
            if (draft.Room.Fits(draft.Jobs[bid.Job]))
            {
                draft.Pick(bid.Job, 0);
            }
            else if (!IsSoldOut && !bid.IsLate)
            {
                (Price, IsSoldOut) = (Math.Max(reserve, bid.EqualPrice), true);
            }
        }

        for (int i = 0; i < _count; i++)
        {
            if (draft.IsPicked(_bids[i].Job))
                draft.Decisions[_bids[i].Job].PricePerCu = PriceOf(i, draft, capacity, reserve);
        }
    }

    private void Collect(in StepDraft draft, in StepCapacity capacity, long reserve)
    {
        Scratch.Grow(ref _bids, draft.Jobs.Length);
        Scratch.Grow(ref _roomBefore, draft.Jobs.Length);
        _count = 0;
        for (int i = 0; i < draft.Jobs.Length; i++)
        {
            ref readonly JobView job = ref draft.Jobs[i];
            if (TakesPart(job, reserve) && !draft.IsPicked(i))
                _bids[_count++] = new(i, job, job.PricePerCu, capacity);
        }

        _bids.AsSpan(0, _count).Sort();
    }

    /// <summary>
    /// Without the winner, bids before it win as they did, because it left them room; so the auction is repeated from its place on until there is no
    /// more room for it. What took the last of the room is what it has to beat.
    /// </summary>
    private long PriceOf(int winner, in StepDraft draft, in StepCapacity capacity, long reserve)
    {
        ref readonly Bid bid = ref _bids[winner];
        ref readonly JobView job = ref draft.Jobs[bid.Job];
        if (!job.Bids)
            return job.PricePerCu;

        StepRoom room = _roomBefore[winner];
        for (int i = winner + 1; i < _count && !bid.IsLate; i++)
        {
            ref readonly JobView other = ref draft.Jobs[_bids[i].Job];
            if (!room.Fits(other))
                continue;

            room.Run(other);
            if (!room.Fits(job))
                return Math.Clamp(_bids[i].LowestBefore(bid, job, capacity), reserve, job.PricePerCu);
        }

        return reserve;
    }
}
