using Spud;

namespace Scheduler.Market.Auction;

/// <summary>
/// What a job offers for its bundle: a sequence, its pages and its rows until the next auction. The order is by density, the price per CU divided by
/// the size of the bundle; then the earlier deadline, then the earlier arrival.
/// </summary>
internal readonly struct Bid : IComparable<Bid>
{
    private readonly double _density;
    private readonly long _deadline;

    /// <param name="job">Index of the job.</param>
    /// <param name="view">The job.</param>
    /// <param name="pricePerCu">What it offers: its bid, or what it was quoted.</param>
    /// <param name="capacity">The limits of the step.</param>
    public Bid(int job, in JobView view, long pricePerCu, in StepCapacity capacity)
    {
        (Job, _deadline) = (job, view.Deadline.Ticks);
        Size = Math.Max(1, (double)view.PagesToEnd * capacity.Sequences / Math.Max(1, capacity.Pages));

        // What comes too late is worth nothing any more: it gets what nobody else wants.
        IsLate = view.Deadline <= capacity.Now;
        _density = IsLate ? -1 : pricePerCu / Size;
    }

    public int Job { get; }

    /// <summary>Its share of the pages in units of an equal share, at least 1.</summary>
    public double Size { get; }

    /// <summary>Whether its deadline has passed.</summary>
    public bool IsLate { get; }

    /// <summary>What a bundle of size 1 would have to offer to be equal, rounded up.</summary>
    public long EqualPrice => IsLate ? 0 : (long)Math.Ceiling(_density);

    public int CompareTo(Bid other)
    {
        int order = other._density.CompareTo(_density);
        if (order == 0)
            order = _deadline.CompareTo(other._deadline);
        return order == 0 ? Job.CompareTo(other.Job) : order;
    }

    /// <summary>The lowest price at which a job comes before this one.</summary>
    /// <param name="job">The job's bid.</param>
    /// <param name="view">The job.</param>
    /// <param name="capacity">The limits of the step.</param>
    public long LowestBefore(in Bid job, in JobView view, in StepCapacity capacity)
    {
        if (IsLate)
            return 0;

        long price = Math.Max(0, (long)(_density * job.Size) - 1);
        while (new Bid(job.Job, view, price, capacity).CompareTo(this) > 0)
            price++;
        return price;
    }
}
