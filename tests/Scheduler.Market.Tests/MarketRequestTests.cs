using Scheduler.Market.Tests.Fair;
using Spud;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;
using Spud.Plugins;
using Xunit;

namespace Scheduler.Market.Tests;

/// <summary>Requests of a real model under the schedulers: what they pay is on their receipts.</summary>
public sealed class MarketRequestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receipt_has_the_prices_and_what_they_come_to()
    {
        using LanguageModel model = Load("""scheduler={"use":"auction","reserve":5e-9,"price":2e-8}""", sequences: 2);
        Receipt alone = await Run(model, new() { Lane = JobLane.Spot, BidPerCu = 0.000001m });
        Assert.Equal([new(0.000000005m, alone.ComputeUnits)], alone.Market!.Prices);
        Assert.Equal(0.000000005m * alone.ComputeUnits, alone.Market.Amount);

        Receipt floor = await Run(model, new());
        Assert.Equal([new(0.00000002m, floor.ComputeUnits)], floor.Market!.Prices);

        Receipt quoted = await Run(model, new() { Lane = JobLane.Spot, QuotePerCu = 0.00000003m });
        Assert.Equal([new(0.00000003m, quoted.ComputeUnits)], quoted.Market!.Prices);
    }

    [Fact]
    public async Task Bidders_compete_for_one_sequence_and_none_pays_more_than_it_bid()
    {
        using LanguageModel model = Load("""scheduler={"use":"auction","floor":0,"tickMilliseconds":1}""", sequences: 1);
        decimal[] bids = [0.00000001m, 0.00000004m, 0.00000002m, 0.00000003m];
        Receipt[] receipts = await Task.WhenAll(bids.Select(bid => Run(model, new() { Account = $"{bid}", Lane = JobLane.Spot, BidPerCu = bid })));
        for (int i = 0; i < bids.Length; i++)
        {
            Assert.All(receipts[i].Market!.Prices, price => Assert.InRange(price.PricePerCu, 0.000000005m, bids[i]));
            Assert.Equal(receipts[i].ComputeUnits, receipts[i].Market!.Prices.Sum(static price => price.ComputeUnits));
            Assert.Equal(RequestOutcome.Finished, receipts[i].Outcome);
        }
    }

    [Theory]
    [InlineData("fair")]
    [InlineData("priority")]
    [InlineData("fifo")]
    public async Task Schedulers_without_a_market_ask_nothing(string scheduler)
    {
        using LanguageModel model = Load($"scheduler={scheduler}", sequences: 2);
        Receipt[] receipts = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Run(model, new() { Account = $"{i % 2}", Tier = i % 4, Lane = (JobLane)(i % 2) })));
        Assert.All(receipts, static receipt => Assert.Equal((RequestOutcome.Finished, null), (receipt.Outcome, receipt.Market)));
    }

    private static async Task<Receipt> Run(LanguageModel model, JobTerms terms)
    {
        Request request = model.Generate(model.Encode("Once upon a time"), new() { MaxTokens = 60, IgnoreEndOfGeneration = true, Job = terms }, Cancellation);
        await foreach (TextPiece _ in request)
        {
        }

        return Receipt.Of(request.Ledger!, null);
    }

    private static LanguageModel Load(string scheduler, int sequences) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", scheduler]),
        PluginCatalog.Discover(Simulated.Folder, Path.Combine(Simulated.Folder, "../backend.cpu")),
        new() { Threads = 1, Sequences = sequences, Log = static line => throw new InvalidOperationException(line) });
}
