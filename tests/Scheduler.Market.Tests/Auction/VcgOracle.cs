namespace Scheduler.Market.Tests.Auction;

/// <summary>The best set of bundles that fits, found by trying all, and the payments of Vickrey, Clarke and Groves: what each winner costs the others.</summary>
internal static class VcgOracle
{
    /// <summary>The largest value, and by bidder what it would pay as one of the winners.</summary>
    public static (double Value, double[] Payments) Solve(SmallMarket market)
    {
        double[] payments = [.. Enumerable.Range(0, market.Count).Select(i => Best(market, static _ => true, excluded: i) - (Best(market, set => (set >> i & 1) != 0, excluded: -1) - market.Bidders[i].Price))];
        return (Best(market, static _ => true, excluded: -1), payments);
    }

    private static double Best(SmallMarket market, Func<int, bool> allowed, int excluded)
    {
        double best = 0;
        for (int set = 0; set < 1 << market.Count; set++)
        {
            if (excluded >= 0 && (set >> excluded & 1) != 0 || !allowed(set))
                continue;

            int[] chosen = [.. Enumerable.Range(0, market.Count).Where(i => (set >> i & 1) != 0)];
            int pages = chosen.Sum(i => market.Bidders[i].Pages);

            // A single job may need more pages than there are.
            if (chosen.Length <= Math.Min(market.Sequences, market.Rows) && (pages <= market.Pages || chosen.Length == 1))
                best = Math.Max(best, chosen.Sum(i => (double)market.Bidders[i].Price));
        }

        return best;
    }
}
