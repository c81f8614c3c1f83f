using Spud.Generation;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>When pages run out, requests give theirs back and read their texts again later.</summary>
public sealed class ReleaseTests
{
    private static readonly string[] s_beginnings = ["Once upon a time", "Lily", "The dog was", "A little boy named Tim", "One day"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""experts={ "use": "cpu" }""")]
    [InlineData("""experts=[{ "phase": "decode", "use": "cpu" }, { "use": "cpu" }]""")]
    public async Task Requests_that_give_pages_back_go_on_as_if_they_had_not_and_pay_nothing_for_it(string edit)
    {
        using LanguageModel alone = LoopModel.Load(new() { Threads = 1, Rows = 16 }, edit);
        // 32 pages: three texts of 250 tokens find room for their beginnings, and not for their ends.
        using LanguageModel shared = LoopModel.Load(new() { Threads = 1, Rows = 16, Sequences = 4, CacheTokens = 512 }, edit, "cache.pageTokens=16");
        Request[] expected = [.. s_beginnings.Select((text, i) => alone.Generate(alone.Encode(text), Options(i), Cancellation))];
        Request[] got = [.. s_beginnings.Select((text, i) => shared.Generate(shared.Encode(text), Options(i), Cancellation))];
        int[][] tokens = await Task.WhenAll(LoopModel.ReadTogether(shared, got));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(await LoopModel.Read(expected[i]), tokens[i]);
            Assert.Equal((FinishReason.Length, Bill(expected[i])), (got[i].Finish, Bill(got[i])));
        }

        Assert.NotEqual(0, shared.Status.Releases);
        Assert.Equal(shared.Status.Releases, got.Sum(request => request.Releases));
        Assert.Equal(shared.Status.Pages, shared.Status.FreePages);

        static GenerationOptions Options(int i) => new() { MaxTokens = 240 + i, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = i % 2 * 0.8f, RepetitionPenalty = 1.1f, Seed = (ulong)i } };
    }

    [Fact]
    public async Task The_request_that_came_first_never_gives_pages_back()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2, CacheTokens = 320 }, "cache.pageTokens=16");
        Request first = model.Generate(model.Encode("Once upon a time"), LoopModel.Greedy(250), Cancellation);
        Request second = model.Generate(model.Encode("Lily"), LoopModel.Greedy(250), Cancellation);
        await LoopModel.ReadTogether(model, first, second)[1];
        Assert.Equal((RequestState.Finished, 0, 1), (first.State, first.Releases, second.Releases));
    }

    [Fact]
    public async Task A_released_request_can_be_cancelled_while_it_waits()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2, CacheTokens = 320 }, "cache.pageTokens=16");
        using CancellationTokenSource stop = new();
        Request first = model.Generate(model.Encode("Once upon a time"), LoopModel.Greedy(310), Cancellation);
        Request second = model.Generate(model.Encode("Lily"), LoopModel.Greedy(250), stop.Token);
        HookedExperts.Into(model.Pipeline, 0, _ =>
        {
            if (second.Releases > 0)
                stop.Cancel();
        });
        Task<int[]>[] reads = LoopModel.ReadTogether(model, first, second);
        int[] some = await reads[1];
        Assert.Equal((310, FinishReason.Cancelled, second.GeneratedTokens), ((await reads[0]).Length, second.Finish, some.Length));
        Assert.Equal((0, 1), (first.Releases, second.Releases));
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
    }

    // Bytes that are read depend on who shared a step, and times on the machine.
    private static (long, long, long, long) Bill(Request request)
    {
        Ledger ledger = request.Ledger!;
        return (ledger[Phase.Prefill].Tokens, ledger[Phase.Decode].Tokens, ledger.Flops, ledger.Total.KvBytesWritten);
    }
}
