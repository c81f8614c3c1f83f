using FsCheck;
using FsCheck.Fluent;
using Scheduler.Market.Auction;
using Spud;

namespace Scheduler.Market.Tests.Auction;

/// <summary>One who wants something at a tick.</summary>
/// <param name="Price">Its bid, or what it was quoted, in nano-units.</param>
/// <param name="Bids">Whether it bids.</param>
/// <param name="Pages">Pages it needs.</param>
/// <param name="ToRead">Tokens it has to read; 0: it decodes.</param>
/// <param name="Runs">Whether it holds a sequence already.</param>
/// <param name="Deadline">Its deadline in ms; 0 for none.</param>
internal sealed record Bidder(int Price, bool Bids, int Pages, int ToRead, bool Runs, int Deadline);

/// <summary>A tick of a market that is small enough to try everything.</summary>
internal sealed record SmallMarket(Bidder[] Bidders, int FloorJobs, int Sequences, int Pages, int Rows, int Reserve)
{
    private const double NanosPerUnit = 1e9;

    /// <summary>Markets in which most things are short.</summary>
    public static Arbitrary<SmallMarket> Any(int maxBidders)
    {
        Gen<Bidder> bidder =
            from price in Gen.Frequency((3, Gen.Choose(0, 60)), (1, Gen.Elements(5, 10, 20)))
            from bids in Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false)))
            from pages in Gen.Frequency((2, Gen.Constant(1)), (2, Gen.Choose(1, 6)))
            from toRead in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
            from runs in Gen.Elements(true, false)
            from deadline in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(900, 1100)))
            select new Bidder(price, bids, pages, runs ? toRead : Math.Max(1, toRead), runs, deadline);
        Gen<SmallMarket> market =
            from count in Gen.Choose(1, maxBidders)
            from bidders in Gen.ArrayOf(bidder, count)
            from floor in Gen.Choose(0, 4)
            from sequences in Gen.Choose(1, 6)
            from pages in Gen.Choose(1, 12)
            from rows in Gen.Choose(1, 20)
            from reserve in Gen.Elements(0, 5, 12)
            select new SmallMarket(bidders, floor, sequences, pages, rows, reserve);
        return Arb.From(market, Smaller);
    }

    public int Count => Bidders.Length;

    /// <summary>The market in which one bids something else.</summary>
    public SmallMarket With(int bidder, int price)
    {
        Bidder[] changed = [.. Bidders];
        changed[bidder] = changed[bidder] with { Price = price };
        return this with { Bidders = changed };
    }

    public override string ToString() => $"{Sequences} sequences, {Pages} pages, {Rows} rows, reserve {Reserve}, {FloorJobs} floor jobs: {string.Join("; ", (object[])Bidders)}";

    /// <summary>The decisions of the first tick about the bidders.</summary>
    public JobDecision[] Clear(double floor = 0.5)
    {
        using AuctionScheduler scheduler = new(new() { Floor = floor, Reserve = Reserve / NanosPerUnit, Price = 10 / NanosPerUnit });
        JobDecision[] decisions = new JobDecision[Views.Length];
        scheduler.Decide(Capacity, Views, decisions);
        return decisions[..Count];
    }

    public StepCapacity Capacity => new() { Now = TimeSpan.FromSeconds(1), LastStep = default, Accounts = 32, Rows = Rows, Sequences = Sequences, Pages = Pages, RowFlops = 1_000_000 };

    public JobView[] Views =>
    [
        .. Bidders.Select((bidder, i) => View(i, bidder, JobLane.Spot)),
        .. Enumerable.Range(0, FloorJobs).Select(i => View(Count + i, new(10, false, 1 + i % 2, 3, false, 0), JobLane.Floor)),
    ];

    private static JobView View(int id, Bidder bidder, JobLane lane) => new()
    {
        Id = id,
        Account = id,
        Weight = 1,
        Tier = 2,
        Lane = lane,
        State = bidder.Runs ? JobState.Running : JobState.Waiting,
        Bids = bidder.Bids,
        PricePerCu = bidder.Price,
        CapFlops = 1_000_000_000,
        SpentFlops = 0,
        StepFlops = 0,
        Arrival = default,
        Deadline = bidder.Deadline == 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(bidder.Deadline),
        TokensToRead = bidder.ToRead,
        TokensToProduce = 10,
        Pages = bidder.Runs ? 1 : 0,
        PagesToEnd = bidder.Pages,
    };

    private static IEnumerable<SmallMarket> Smaller(SmallMarket market)
    {
        for (int i = 0; i < market.Count && market.Count > 1; i++)
            yield return market with { Bidders = [.. market.Bidders[..i], .. market.Bidders[(i + 1)..]] };
        if (market.FloorJobs > 0)
            yield return market with { FloorJobs = 0 };
    }
}
