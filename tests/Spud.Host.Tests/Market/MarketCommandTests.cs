using System.Text.Json;
using Spud.Host.Tests.Cli;
using Spud.Host.Tests.Page;

namespace Spud.Host.Tests.Market;

/// <summary><c>spud market simulate</c> on the scenarios of samples/markets.</summary>
public sealed class MarketCommandTests
{
    private static string Scenario(string name) => Path.Combine(TestData.Root, "samples/markets", name);

    [Fact]
    public void Schedulers_are_compared_in_tables()
    {
        Spoken spoken = Spoken.WithPlugins("market", "simulate", Scenario("flood.json"), "--scheduler", "fifo", "--scheduler", """{"use":"fair","leadRows":64}""");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        string[] lines = spoken.Out.Split('\n');
        Assert.Equal("flood: 60 s, seed 1", lines[0]);
        Assert.Contains(lines, static line => line.StartsWith("  fifo ", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("  scheduler.market/fair ", StringComparison.Ordinal));
        Assert.Contains("scheduler.market/fair, by account (waiting times in seconds)", lines);
        Assert.All(lines, static line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public void A_trace_is_replayed_and_json_is_one_document()
    {
        Spoken spoken = Spoken.WithPlugins("market", "simulate", Scenario("trace.json"), "--json", "--seed", "3");
        Assert.Equal((ExitCodes.Done, ""), (spoken.ExitCode, spoken.Error));
        using JsonDocument document = JsonDocument.Parse(spoken.Out);
        JsonElement result = document.RootElement.GetProperty("results")[0];
        Assert.Equal((3, "scheduler.market/priority"), (document.RootElement.GetProperty("seed").GetInt32(), result.GetProperty("scheduler").GetString()));
        Assert.All(result.GetProperty("accounts").EnumerateArray(), static account => Assert.Equal((7, 7), (account.GetProperty("jobs").GetInt32(), account.GetProperty("finished").GetInt32())));
        Assert.True(result.GetProperty("accounts")[0].GetProperty("waitMost").GetDouble() < result.GetProperty("accounts")[1].GetProperty("waitMost").GetDouble());
    }

    [Theory]
    [InlineData("{}", "$.streams: expected at least one stream of jobs.")]
    [InlineData("""{"streams":[{"account":"a"}]}""", "$.streams[0].arrivals: nothing arrives. Give flood, perSecond or trace.")]
    [InlineData("""{"streams":[{"account":"a","bid":1,"arrivals":{"flood":1}}]}""", "$.streams[0].bid: only a stream with \"lane\": \"Spot\" bids.")]
    [InlineData("""{"seconds":-1,"streams":[{"account":"a","arrivals":{"flood":1}}]}""", "$.seconds: expected above 0 and at most 1000000, got -1.")]
    [InlineData("""{"strems":[]}""", "'strems' could not be mapped")]
    [InlineData("""{"scheduler":{"use":"auktion"},"streams":[{"account":"a","arrivals":{"flood":1}}]}""", "Did you mean 'auction'?")]
    [InlineData("""{"scheduler":{"use":"fair","lead":3},"streams":[{"account":"a","arrivals":{"flood":1}}]}""", "$.lead is not an option of scheduler 'fair'. Known: leadRows.")]
    [InlineData("""{"streams":[{"account":"a","arrivals":{"trace":"none.csv"}}]}""", "none.csv")]
    public void What_is_wrong_with_a_scenario_is_said(string json, string expected)
    {
        using TempFolder folder = new();
        Spoken spoken = Spoken.WithPlugins("market", "simulate", folder.Write("s.json", System.Text.Encoding.UTF8.GetBytes(json)));
        Assert.NotEqual(ExitCodes.Done, spoken.ExitCode);
        Assert.Contains(expected, spoken.Error);
    }

    [Theory]
    [InlineData("market-desktop-light", 1200, false)]
    [InlineData("market-phone-dark", 360, true)]
    public async Task A_browser_shows_the_page_without_complaint_request_or_overflow(string name, int width, bool dark)
    {
        using TempFolder folder = new();
        string file = folder.File("market.html");
        Assert.Equal(ExitCodes.Done, Spoken.WithPlugins("market", "simulate", Scenario("rush-hour.json"), "--scheduler", "fifo", "--scheduler", "auction", "--html", file).ExitCode);
        await using Browser browser = await Browser.Start();
        Seen seen = await browser.Look(file, width, dark, folder.File("seen.png"));
        Assert.Empty(seen.Complaints);
        Assert.All(seen.Requests, request => Assert.True(request.StartsWith("file:", StringComparison.Ordinal) || request == "data:,", $"{name}: {request}"));
        Assert.Equal(width, seen.ContentWidth);
        Assert.Empty(seen.Overflowing);
        Assert.Equal(5, seen.Pictures);
        Assert.Contains("scheduler.market/auction: prices", seen.Text);
    }
}
