using Spud.Generation;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>Requests that begin like earlier ones read only what is new.</summary>
public sealed class PrefixReuseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_turn_of_a_conversation_reads_only_its_new_tokens()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 }), alone = LoopModel.Load(new() { Threads = 1 });
        int[] first = Text(40);
        int[] answer = await LoopModel.Read(model.Generate(first, Sharing("one", 50), Cancellation));
        int[] second = [.. first, .. answer, .. Text(9)];
        Request next = model.Generate(second, Sharing("one", 20), Cancellation);
        Assert.Equal(await LoopModel.Read(alone.Generate(second, LoopModel.Greedy(20), Cancellation)), await LoopModel.Read(next));

        // The last token of an answer is chosen and not computed.
        Assert.Equal((89, 10L), (next.ReusedTokens, next.Ledger![Phase.Prefill].Tokens));
        Receipt receipt = Receipt.Of(next.Ledger, prices: null);
        Assert.Equal((89, null), (receipt.ReusedTokens, receipt.FirstDifference));
    }

    [Fact]
    public async Task A_turn_that_differs_is_reused_up_to_the_first_difference_and_the_receipt_says_where_that_was()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 }), alone = LoopModel.Load(new() { Threads = 1 });
        int[] first = Text(40);
        int[] answer = await LoopModel.Read(model.Generate(first, Sharing("one", 50), Cancellation));
        // As a template does that leaves out what the model thought.
        int[] second = [.. first, .. answer[..7], 3, 4, .. Text(5)];
        Request next = model.Generate(second, Sharing("one", 20), Cancellation);
        Assert.Equal(await LoopModel.Read(alone.Generate(second, LoopModel.Greedy(20), Cancellation)), await LoopModel.Read(next));
        Receipt receipt = Receipt.Of(next.Ledger!, prices: null);
        Assert.Equal((47, 47), (receipt.ReusedTokens, receipt.FirstDifference));
    }

    [Fact]
    public async Task At_least_one_row_is_computed()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 });
        int[] text = await LoopModel.Read(model.Generate(Text(64), Sharing("one", 5), Cancellation));
        Request again = model.Generate(Text(64), Sharing("one", 5), Cancellation);
        Assert.Equal(text, await LoopModel.Read(again));
        Assert.Equal((63, 1L), (again.ReusedTokens, again.Ledger![Phase.Prefill].Tokens));
    }

    [Fact]
    public async Task Nothing_is_shared_between_names_or_efforts_or_without_a_name()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 });
        GenerationOptions cheaper = Sharing("one", 5);
        cheaper.Effort = 0.5f;
        await LoopModel.Read(model.Generate(Text(64), LoopModel.Greedy(5), Cancellation));
        Assert.Equal(0, model.Status.KeptTexts);
        await LoopModel.Read(model.Generate(Text(64), Sharing("one", 5), Cancellation));
        Assert.Equal(1, model.Status.KeptTexts);
        foreach (GenerationOptions options in new[] { Sharing("two", 5), LoopModel.Greedy(5), cheaper })
        {
            Request other = model.Generate(Text(64), options, Cancellation);
            await LoopModel.Read(other);
            Assert.Equal((0, 64L), (other.ReusedTokens, other.Ledger![Phase.Prefill].Tokens));
        }
    }

    [Fact]
    public async Task Two_requests_at_once_continue_the_same_text_each_in_its_own_way()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2 }), alone = LoopModel.Load(new() { Threads = 1 });
        await LoopModel.Read(model.Generate(Text(70), Sharing("one", 5), Cancellation));
        Request[] both = [.. new[] { 5, 9 }.Select(id => model.Generate([.. Text(70), id, id, id], Sharing("one", 60), Cancellation))];
        int[][] texts = await Task.WhenAll(both.Select(LoopModel.Read));
        for (int i = 0; i < both.Length; i++)
        {
            Assert.Equal(await LoopModel.Read(alone.Generate([.. Text(70), 5 + 4 * i, 5 + 4 * i, 5 + 4 * i], LoopModel.Greedy(60), Cancellation)), texts[i]);
            Assert.InRange(both[i].ReusedTokens, 70, 72);
        }
    }

    [Fact]
    public async Task Kept_texts_take_no_sequence_and_make_nobody_wait_or_fail()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2, CacheTokens = 512 }, "cache.pageTokens=16");
        for (int i = 0; i < 12; i++)
        {
            Request[] both = [.. new[] { 2 * i, 2 * i + 1 }.Select(id => model.Generate([id + 3, .. Text(100)], Sharing($"{id % 5}", 100), Cancellation))];
            await Task.WhenAll(both.Select(LoopModel.Read));
            Assert.All(both, request => Assert.Equal((FinishReason.Length, 0), (request.Finish, request.Releases)));
        }

        LoopStatus status = model.Status;
        Assert.Equal((status.Pages, true), (status.FreePages + status.KeptPages, status.KeptTexts > 2));
        Request whole = model.Generate(Text(500), LoopModel.Greedy(10), Cancellation);
        await LoopModel.Read(whole);
        Assert.Equal(FinishReason.Length, whole.Finish);
    }

    /// <summary>What other components computed than those that read prompts is not what a prompt has.</summary>
    [Fact]
    public async Task In_a_pipeline_that_splits_phases_answers_are_read_again()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 }, """experts=[{ "phase": "decode", "use": "cpu" }, { "use": "cpu" }]""");
        int[] answer = await LoopModel.Read(model.Generate(Text(40), Sharing("one", 50), Cancellation));
        Request next = model.Generate([.. Text(40), .. answer, 5], Sharing("one", 5), Cancellation);
        await LoopModel.Read(next);
        Assert.Equal(40, next.ReusedTokens);
    }

    [Fact]
    public async Task A_request_that_gave_its_pages_back_takes_those_up_that_are_still_there()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2, CacheTokens = 320 }, "cache.pageTokens=16");
        Request[] both = [.. new[] { 5, 6 }.Select(id => model.Generate([id, .. Text(30)], Sharing("one", 200), Cancellation))];
        await Task.WhenAll(both.Select(LoopModel.Read));
        Assert.Equal((1, 0), (both.Sum(request => request.Releases), both.Sum(request => request.ReusedTokens)));
        Assert.True(model.Status.Rows < both.Sum(request => request.Ledger!.Tokens) + 150);
    }

    private static GenerationOptions Sharing(string name, int tokens)
    {
        GenerationOptions options = LoopModel.Greedy(tokens);
        options.PrefixSharing = name;
        return options;
    }

    private static int[] Text(int tokens) => [.. Enumerable.Range(0, tokens).Select(i => 3 + (i * 7 + i * i % 11) % 400)];
}
