using System.Globalization;
using Scheduler.Market.Auction;
using Spud;
using Xunit;

namespace Scheduler.Market.Tests.Auction;

/// <summary>The example of docs/market.md is what the auction does.</summary>
public sealed class DocumentedExampleTests
{
    [Fact]
    public void The_table_is_computed()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(TestData.Root, "docs/market.md"))
            .SkipWhile(static line => !line.StartsWith("| job | offers |", StringComparison.Ordinal)).Skip(2).TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        Assert.Equal(5, rows.Length);
        JobView[] jobs = [.. rows.Select(static (row, i) => Job(i, JobLane.Spot, row[1].StartsWith("bids", StringComparison.Ordinal), Number(row[1].Split(' ')[1]), Number(row[2]))), Job(5, JobLane.Floor, false, 10, 50), Job(6, JobLane.Floor, false, 10, 50)];
        JobDecision[] decisions = new JobDecision[jobs.Length];
        using AuctionScheduler scheduler = new(new());
        StepCapacity capacity = new() { Now = default, LastStep = default, Accounts = 7, Rows = 64, Sequences = 4, Pages = 400, RowFlops = 1 };
        MarketPrices prices = scheduler.Decide(capacity, jobs, decisions);
        for (int i = 0; i < rows.Length; i++)
        {
            Bid bid = new(i, jobs[i], jobs[i].PricePerCu, capacity);
            Assert.Equal((Number(rows[i][3]), Number(rows[i][4])), ((int)bid.Size, (int)bid.EqualPrice));
            Assert.Equal((rows[i][0], rows[i][5]), (rows[i][0], decisions[i].Action == JobAction.Run ? "runs" : "waits"));
            if (decisions[i].Action == JobAction.Run)
                Assert.Equal(Number(rows[i][6]), decisions[i].PricePerCu);
        }

        Assert.Equal(40, prices.Clearing);
        Assert.All(decisions[5..], static decision => Assert.Equal(JobAction.Run, decision.Action));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static JobView Job(int id, JobLane lane, bool bids, long price, int pages) => new()
    {
        Id = id, Account = id, Weight = 1, Tier = 2, Lane = lane, State = JobState.Waiting, Bids = bids, PricePerCu = price, CapFlops = 1000, SpentFlops = 0, StepFlops = 0,
        Arrival = default, Deadline = TimeSpan.MaxValue, TokensToRead = 1, TokensToProduce = 1, Pages = 0, PagesToEnd = pages,
    };
}
