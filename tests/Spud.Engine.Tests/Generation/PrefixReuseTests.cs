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
    public async Task Requests_that_come_together_read_what_they_have_in_common_once()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 32, Sequences = 4 }), alone = LoopModel.Load(new() { Threads = 1 });
        // Three choices of one answer, and another question behind the same instructions.
        int[][] prompts = [Text(200), Text(200), Text(200), [.. Text(150), 5, 6, 7]];
        Request[] all = [.. prompts.Select(prompt => model.Generate(prompt, Sharing("one", 30), Cancellation))];
        Request stranger = model.Generate(Text(200), Sharing("two", 30), Cancellation);
        int[][] texts = await Task.WhenAll(LoopModel.ReadTogether(model, [.. all, stranger]));
        for (int i = 0; i < all.Length; i++)
            Assert.Equal(await LoopModel.Read(alone.Generate(prompts[i], LoopModel.Greedy(30), Cancellation)), texts[i]);

        Assert.Equal([200, 1, 1, 3], all.Select(request => request.Ledger![Phase.Prefill].Tokens));
        Assert.Equal([0, 199, 199, 150, 0], all.Append(stranger).Select(request => request.ReusedTokens));
    }

    [Fact]
    public async Task A_request_that_waits_for_another_ones_prompt_reads_it_itself_when_that_is_cancelled()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 8, Sequences = 2 });
        using CancellationTokenSource stop = new();
        Request first = model.Generate(Text(200), Sharing("one", 5), stop.Token), second = model.Generate(Text(200), Sharing("one", 5), Cancellation);
        int steps = 0;
        HookedExperts.Into(model.Pipeline, 0, _ =>
        {
            if (++steps == 10)
                stop.Cancel();
        });
        Task<int[]> read = LoopModel.Read(first);
        Assert.Equal(5, (await LoopModel.Read(second)).Length);
        await read;
        Assert.Equal((FinishReason.Cancelled, FinishReason.Length), (first.Finish, second.Finish));
        // What the first one had read is not lost.
        Assert.InRange(second.ReusedTokens, 64, 80);
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

    [Fact]
    public async Task Kept_texts_hold_no_more_tokens_than_they_may()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 8, KeptTokens = 256 }, "cache.pageTokens=16");
        for (int i = 0; i < 12; i++)
            await LoopModel.Read(model.Generate([i + 3, .. Text(60 + i)], Sharing("one", 20), Cancellation));

        LoopStatus status = model.Status;
        Assert.InRange(status.KeptTexts, 3, 4);
        Assert.InRange(status.KeptPages / model.Pipeline.Model.Layers.Length, 8, 16);
    }

    [Fact]
    public async Task Tokens_of_an_answer_that_had_another_effort_are_read_again()
    {
        // The budget covers fewer than eight experts a token, so that decoding is steered below the effort of the prompt.
        using LanguageModel model = LoopModel.Load("stories260K/stories260K-moe4x-noise-f32.gguf", new() { Threads = 1 }, ["router.use=dynamic"]);
        GenerationOptions options = Sharing("one", 40);
        Request free = model.Generate(Text(40), LoopModel.Greedy(40), Cancellation);
        await LoopModel.Read(free);
        options.Budget = Budget.OfCompute(free.Ledger!.ComputeUnits * 0.9m);
        Request steered = model.Generate(Text(40), options, Cancellation);
        int[] answer = await LoopModel.Read(steered);
        options.Budget = null;
        Request next = model.Generate([.. Text(40), .. answer, 5], options, Cancellation);
        await LoopModel.Read(next);
        Assert.True(steered.Ledger!.Flops < free.Ledger.Flops);
        Assert.InRange(next.ReusedTokens, 40, 40 + answer.Length - 2);
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
        await Task.WhenAll(LoopModel.ReadTogether(model, both));
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
