using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Spud.Tests.Metering.Budgets;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>Many requests on one engine, and several engines on one loop.</summary>
public sealed class StepLoopTests
{
    private static readonly string[] s_beginnings = ["Once upon a time", "Lily", "The dog was", "A little boy named Tim", "One day", "There was a big", "Mom said", "In the park"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""experts={ "use": "cpu" }""")]
    [InlineData("""experts=[{ "phase": "decode", "use": "cpu" }, { "use": "cpu" }]""")]
    public async Task Requests_that_share_steps_get_the_texts_that_they_get_alone(string edit)
    {
        using LanguageModel alone = Load(new() { Threads = 1, Rows = 16 }), shared = Load(new() { Threads = 1, Rows = 16, Sequences = 3 }, edit);
        string[] expected = [.. s_beginnings.Select((text, i) => string.Concat(alone.Generate(alone.Encode(text), Options(i), Cancellation).ToBlockingEnumerable().Select(piece => piece.Text)))];
        string[] got = await Task.WhenAll(s_beginnings.Select((text, i) => Read(shared.Generate(shared.Encode(text), Options(i), Cancellation))));
        Assert.Equal(expected, got);

        static GenerationOptions Options(int i) => new() { MaxTokens = 10 + 3 * i, Sampling = new() { Temperature = i % 2 * 0.8f, Seed = (ulong)i } };
    }

    [Fact]
    public async Task A_text_goes_on_token_by_token_while_a_long_prompt_is_read()
    {
        using LanguageModel model = Load(new() { Threads = 1, Rows = 16, Sequences = 2 });
        Request running = model.Generate(model.Encode("Once upon a time"), Greedy(200), Cancellation);
        Request prompt = model.Generate(new int[210], Greedy(1), Cancellation);
        using ManualResetEventSlim promptIsThere = new();
        int atEnd = 0;
        LoopModel.Hold(model, () => running.GeneratedTokens == 1, () => promptIsThere.IsSet);
        HookedExperts.Into(model.Pipeline, 1, _ => atEnd = prompt.GeneratedTokens == 0 ? running.GeneratedTokens : atEnd);
        Task<int[]> answer = LoopModel.Read(running);
        await LoopModel.Until(() => running.GeneratedTokens == 1);
        Task<int[]> read = LoopModel.Read(prompt);
        promptIsThere.Set();
        await read;
        await answer;

        // Each of its steps had 15 rows of the prompt, and one of the answer.
        Assert.Equal(14, prompt.Ledger![Phase.Prefill].Steps);
        Assert.InRange(atEnd, 14, 16);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_nobody()
    {
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 2 });
        Request lazy = model.Generate(model.Encode("Lily"), Greedy(40), Cancellation);
        await using IAsyncEnumerator<TextPiece> pieces = lazy.GetAsyncEnumerator(Cancellation);
        await Read(model.Generate(model.Encode("Once upon a time"), Greedy(60), Cancellation));
        Assert.Equal((RequestState.Finished, 40), (lazy.State, lazy.GeneratedTokens));
        List<int> read = [];
        while (await pieces.MoveNextAsync())
            read.Add(pieces.Current.Token ?? -1);

        Assert.Equal(40, read.Count(token => token >= 0));
    }

    [Fact]
    public async Task Those_that_find_no_pages_wait_and_one_that_never_will_is_told_so()
    {
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 4, CacheTokens = 96 }, "cache.pageTokens=16");
        Request[] requests = [.. s_beginnings.Select(text => model.Generate(model.Encode(text), Greedy(50), Cancellation))];
        await Task.WhenAll(requests.Select(Read));
        Assert.All(requests, request => Assert.Equal((FinishReason.Length, 50), (request.Finish, request.GeneratedTokens)));

        Request large = model.Generate(new int[120], Greedy(1), Cancellation), small = model.Generate(new int[20], Greedy(5), Cancellation);
        Task<string> fails = Read(large), works = Read(small);
        Assert.Contains("needs 8 more pages of 16 tokens; 6 are free", (await Assert.ThrowsAsync<PagePoolFullException>(() => fails)).Message);
        await works;
        Assert.Equal((FinishReason.Failed, FinishReason.Length), (large.Finish, small.Finish));
    }

    [Fact]
    public async Task A_budget_and_a_fault_end_the_one_request_that_they_concern()
    {
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 3 });
        FaultyExperts faulty = FaultyExperts.Into(model.Pipeline);
        string expected = await Read(model.Generate(model.Encode("Once upon a time"), Greedy(30), Cancellation));
        Request free = model.Generate(model.Encode("Once upon a time"), Greedy(30), Cancellation);
        Request limited = model.Generate(model.Encode("Lily"), new() { MaxTokens = 30, Sampling = new() { Temperature = 0 }, Budget = Budget.OfCompute(0.006m) }, Cancellation);
        Request refused = model.Generate(new int[100], new() { Budget = Budget.OfCompute(0.001m) }, Cancellation);
        Task<string>[] texts = [Read(free), Read(limited)];
        await Assert.ThrowsAsync<BudgetExceededException>(() => Read(refused));
        Assert.Equal(expected, (await Task.WhenAll(texts))[0]);
        Assert.Equal((FinishReason.Length, FinishReason.Budget, FinishReason.Refused), (free.Finish, limited.Finish, refused.Finish));
        Assert.InRange(limited.GeneratedTokens, 1, 29);
        Assert.Equal((RequestOutcome.StoppedByBudget, RequestOutcome.Refused), (limited.Ledger!.Outcome, refused.Ledger!.Outcome));

        faulty.Doomed.Add(0);
        Request broken = model.Generate(model.Encode("Lily"), Greedy(30), Cancellation);
        await Assert.ThrowsAsync<ComponentException>(() => Read(broken));
        Assert.Equal((FinishReason.Failed, RequestOutcome.Failed), (broken.Finish, broken.Ledger!.Outcome));
        faulty.Doomed.Clear();
        Assert.Equal(expected, await Read(model.Generate(model.Encode("Once upon a time"), Greedy(30), Cancellation)));
    }

    [Fact]
    public async Task A_thousand_requests_that_wait_take_little_memory_and_all_end()
    {
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 4 });
        int[] prompt = model.Encode("Once upon a time");
        GenerationOptions options = new() { MaxTokens = 2, Sampling = new() { Temperature = 0.8f, RepetitionPenalty = 1.1f, TopK = 0 } };
        _ = model.Generate(prompt, options, Cancellation);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Request[] requests = [.. Enumerable.Range(0, 1_000).Select(_ => model.Generate(prompt, options, Cancellation))];
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / requests.Length, 1, 8_192);
        await Task.WhenAll(requests.Select(Read));
        Assert.All(requests, request => Assert.Equal(RequestState.Finished, request.State));
    }

    [Fact]
    public async Task Requests_of_one_sequence_take_turns()
    {
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 2 });
        using Sequence sequence = model.Engine.Open();
        int[] prompt = model.Encode("Once upon a time");
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Read(model.Generate(sequence, prompt, Greedy(20), Cancellation))));
        Assert.Single(texts.Distinct());
        Assert.Equal([.. prompt], sequence.Ids[..prompt.Length].ToArray());
    }

    [Fact]
    public async Task Models_on_one_loop_share_threads_and_take_turns_by_compute()
    {
        using StepLoop loop = new(1);
        using LanguageModel dense = Load(new(), loop: loop), mixture = LanguageModel.Load(Document("stories260K/stories260K-moe4x-noise-f32.gguf"), CpuPlugins, new(), loop);
        Assert.Same(dense.Pipeline.Parts.Pool, mixture.Pipeline.Parts.Pool);
        Request[] requests = [.. new[] { dense, mixture }.Select(model => model.Generate(model.Encode("Once upon a time"), new() { MaxTokens = 300, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } }, Cancellation))];
        int ofMixture = 0;
        using ManualResetEventSlim bothAreThere = new();
        LoopModel.Hold(mixture, () => true, () => bothAreThere.IsSet);
        HookedExperts.Into(dense.Pipeline, 0, _ => ofMixture = requests[1].GeneratedTokens);
        Task<string> rest = Read(requests[1]), read = Read(requests[0]);
        bothAreThere.Set();
        await Task.WhenAll(read, rest);

        // The cheaper one had more steps when it ended, and neither waited for the other one's end.
        Assert.InRange(ofMixture, 50, 299);
    }

    [Fact]
    public async Task A_model_that_is_disposed_ends_its_requests()
    {
        LanguageModel model = Load(new() { Threads = 1, Sequences = 1 });
        Request running = model.Generate(model.Encode("Once upon a time"), new() { IgnoreEndOfGeneration = true }, Cancellation), waiting = model.Generate(model.Encode("Lily"), Greedy(5), Cancellation);
        LoopModel.Hold(model, () => running.GeneratedTokens == 3, () => running.IsCancelled);
        await using IAsyncEnumerator<TextPiece> pieces = running.GetAsyncEnumerator(Cancellation);
        await pieces.MoveNextAsync();
        Task<string> other = Read(waiting);
        model.Dispose();
        while (await pieces.MoveNextAsync())
            Assert.NotNull(pieces.Current.Text);

        Assert.Equal("", await other);
        Assert.Equal((FinishReason.Cancelled, FinishReason.Cancelled), (running.Finish, waiting.Finish));
        Assert.Throws<ObjectDisposedException>(() => model.Generate([1], Greedy(1), Cancellation).ToBlockingEnumerable().Any());
    }

    [Fact]
    public async Task A_request_is_read_once_and_ends_when_its_reader_goes()
    {
        using LanguageModel model = Load(new() { Threads = 1 });
        Request request = model.Generate(model.Encode("Once upon a time"), new() { IgnoreEndOfGeneration = true }, Cancellation);
        LoopModel.Hold(model, () => request.GeneratedTokens == 3, () => request.IsCancelled);
        await foreach (TextPiece _ in request)
            break;

        Assert.Equal((RequestState.Finished, FinishReason.Cancelled, RequestOutcome.Cancelled), (request.State, request.Finish, request.Ledger!.Outcome));
        Assert.Throws<InvalidOperationException>(() => request.ToBlockingEnumerable());
        Assert.Throws<InvalidOperationException>(() => request.GetAsyncEnumerator(Cancellation));
        using CancellationTokenSource stop = new();
        int read = 0;
        Request other = model.Generate(model.Encode("Lily"), new() { IgnoreEndOfGeneration = true }, Cancellation);
        LoopModel.Hold(model, () => other.GeneratedTokens == 3, () => other.IsCancelled);
        await foreach (TextPiece _ in other.WithCancellation(stop.Token))
        {
            if (++read == 3)
                stop.Cancel();
        }

        Assert.Equal(FinishReason.Cancelled, other.Finish);
    }

    private static Spud.Plugins.PluginCatalog CpuPlugins => Execution.EndToEnd.CpuPipeline.Plugins;

    private static GenerationOptions Greedy(int tokens) => new() { MaxTokens = tokens, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };

    private static PipelineDocument Document(string model, params string[] edits) => PipelineDocument.Load(null, [$"model={TestData.Path(model)}", .. edits]);

    private static LanguageModel Load(PipelineOptions options, params string[] edits) => Load(options, null, edits);

    private static LanguageModel Load(PipelineOptions options, StepLoop? loop, params string[] edits) =>
        LanguageModel.Load(Document("stories260K/stories260K-f32.gguf", edits), CpuPlugins, options, loop);

    private static async Task<string> Read(Request request)
    {
        string text = "";
        await foreach (TextPiece piece in request)
            text += piece.Text;

        return text;
    }
}
