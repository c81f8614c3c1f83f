using System.Text.Json;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Xunit;

namespace Spud.Tests.Generation.Drafts;

/// <summary>What is generated does not depend on drafts, right or wrong; only the number of steps does.</summary>
public sealed class DraftTests : IDisposable
{
    private const int Tokens = 60;
    private readonly LanguageModel _plain = LoopModel.Load(new() { Threads = 1, Sequences = 4 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int, float> Cases => new() { { 0, 0 }, { 1, 0 }, { 3, 0 }, { 5, 0 }, { 0, 0.9f }, { 3, 0.9f }, { 7, 1.5f } };

    public void Dispose() => _plain.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_text_is_that_without_drafts(int wrongAt, float temperature)
    {
        GenerationOptions options = Options(temperature);
        int[] prompt = _plain.Encode("Once upon a time"), expected = await LoopModel.Read(_plain.Generate(prompt, options, Cancellation));
        using LanguageModel model = Drafted(wrongAt, [[.. prompt, .. expected]]);
        Request request = model.Generate(prompt, options, Cancellation);
        Assert.Equal(expected, await LoopModel.Read(request));
        DraftLedger drafts = request.Ledger!.Drafts!;
        Assert.Equal(Tokens - 1, drafts.Steps + drafts.Accepted);
        if (wrongAt == 0)
            Assert.Equal(((Tokens - 1 + 8) / 9, drafts.Drafted, 0), (drafts.Steps, drafts.Accepted, drafts.RejectedFlops));
        if (wrongAt == 1)
            Assert.Equal((Tokens - 1, 0), (drafts.Steps, drafts.Accepted));
    }

    [Theory]
    [InlineData(DraftPreference.Latency, 0)]
    [InlineData(DraftPreference.Latency, 0.9f)]
    [InlineData(DraftPreference.Compute, 0)]
    [InlineData(DraftPreference.Compute, 0.9f)]
    public void The_text_does_not_depend_on_what_lengths_are_chosen_for(DraftPreference prefer, float temperature)
    {
        int[] prompt = _plain.Encode("Once upon a time"), expected = Answer(_plain, prompt, prefer, temperature, out _);
        foreach (int wrongAt in new[] { 0, 1, 3, 20 })
        {
            using LanguageModel model = Drafted(wrongAt, [[.. prompt, .. expected]]);
            Assert.Equal(expected, Answer(model, prompt, prefer, temperature, out DraftLedger drafts));
            Assert.Equal(prefer, drafts.Prefer);
            Assert.Equal(199, drafts.Steps + drafts.Accepted);
            Assert.InRange(drafts.Asked, 1, drafts.Steps);
        }
    }

    [Fact]
    public void With_compute_preferred_rejected_rows_stay_within_a_twentieth()
    {
        int[] prompt = _plain.Encode("Once upon a time"), expected = Answer(_plain, prompt, DraftPreference.Compute, 0, out _);
        foreach (int wrongAt in new[] { 1, 2, 5 })
        {
            using LanguageModel model = Drafted(wrongAt, [[.. prompt, .. expected]]);
            Answer(model, prompt, DraftPreference.Compute, 0, out DraftLedger drafts);
            Assert.InRange(drafts.Drafted - drafts.Accepted, 0, expected.Length * DraftLength.MaxRejectedShare + 8);
        }
    }

    [Fact]
    public void Lengths_of_drafts_that_are_drawn_depend_on_the_text_alone()
    {
        int[] prompt = _plain.Encode("Once upon a time");
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, LogitRows = 16, Sequences = 4 });
        new ScriptedDrafter(8, ids => [Math.Min(ids[^1], 500), .. Enumerable.Range(3, 7)]) { Draws = true }.Attach(model);
        int[] first = Answer(model, prompt, DraftPreference.Latency, 0.9f, out DraftLedger before);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(first, Answer(model, prompt, DraftPreference.Latency, 0.9f, out DraftLedger drafts));
            Assert.Equal((before.Steps, before.Drafted, before.Accepted, before.Asked), (drafts.Steps, drafts.Drafted, drafts.Accepted, drafts.Asked));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task A_text_ends_in_its_sequence_where_it_ends_without_drafts(int wrongAt)
    {
        int[] prompt = _plain.Encode("Once upon a time");
        int[] known = await LoopModel.Read(_plain.Generate(prompt, Options(0), Cancellation));
        string text = _plain.Tokenizer.Decode(known, renderSpecial: false);
        GenerationOptions byString = Options(0), byToken = Options(0);
        byString.StopStrings = [text[40..44]];
        byToken.StopTokens = [known[25]];
        using LanguageModel model = Drafted(wrongAt, [[.. prompt, .. known]]);
        foreach (GenerationOptions options in new[] { byString, byToken, Options(0) })
        {
            (string Text, Request Request, int Kept) without = Conversed(_plain, prompt, options), with = Conversed(model, prompt, options);
            Assert.Equal((without.Text, without.Kept), (with.Text, with.Kept));
            Assert.Equal((without.Request.Finish, without.Request.StopString, without.Request.GeneratedTokens), (with.Request.Finish, with.Request.StopString, with.Request.GeneratedTokens));
            Assert.True(with.Request.Ledger!.Drafts!.Accepted > 0);
        }
    }

    [Fact]
    public void A_conversation_goes_on_with_the_keys_that_it_has()
    {
        int[] prompt = _plain.Encode("Once upon a time");
        int[] first = Read(_plain.Generate(prompt, Options(0), Cancellation));
        int[] longer = [.. prompt, .. first, .. _plain.Encode(" Then Lily").AsSpan(1)];
        int[] second = Read(_plain.Generate(longer, Options(0.8f), Cancellation));
        using LanguageModel model = Drafted(3, [[.. longer, .. second]]);
        using Sequence sequence = model.Engine.Open();
        Assert.Equal(first, Read(model.Generate(sequence, prompt, Options(0), Cancellation)));
        Assert.Equal(prompt.Length + Tokens - 1, sequence.Tokens);
        Request request = model.Generate(sequence, longer, Options(0.8f), Cancellation);
        Assert.Equal(second, Read(request));
        Assert.Equal(prompt.Length + Tokens - 1, request.ReusedTokens);
    }

    [Fact]
    public void Constraints_hold_and_do_not_change()
    {
        const string Schema = """{ "type": "object", "properties": { "name": { "type": "string" }, "age": { "type": "integer" } }, "required": ["name", "age"] }""";
        int[] prompt = _plain.Encode("Once");
        for (ulong seed = 0; seed < 3; seed++)
        {
            GenerationOptions options = new() { MaxTokens = 120, Sampling = new() { Temperature = 1.3f, Seed = seed } };
            options.Constraint = _plain.ConstrainToSchema(JsonDocument.Parse(Schema).RootElement);
            Request without = _plain.Generate(prompt, options, Cancellation);
            int[] expected = Read(without);
            using LanguageModel model = Drafted(5, [[.. prompt, .. expected]]);
            options.Constraint = model.ConstrainToSchema(JsonDocument.Parse(Schema).RootElement);
            Request request = model.Generate(prompt, options, Cancellation);
            Assert.Equal(expected, Read(request));
            Assert.Equal(without.Finish, request.Finish);
        }
    }

    [Fact]
    public void Every_token_has_its_log_probabilities_and_its_part_of_the_bill()
    {
        GenerationOptions options = Options(0.7f);
        options.Sampling.LogProbabilities = 3;
        int[] prompt = _plain.Encode("Once upon a time");
        TextPiece[] expected = [.. _plain.Generate(prompt, options, Cancellation).ToBlockingEnumerable()];
        using LanguageModel model = Drafted(4, [[.. prompt, .. expected.Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)]]);
        Request request = model.Generate(prompt, options, Cancellation);
        TextPiece[] pieces = [.. request.ToBlockingEnumerable()];
        Assert.Equal(expected.Select(piece => (piece.Text, piece.Token, piece.LogProbabilities?.Chosen)), pieces.Select(piece => (piece.Text, piece.Token, piece.LogProbabilities?.Chosen)));
        Assert.Equal(request.Ledger!.Flops, pieces.Sum(piece => piece.Flops));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_limit_is_never_exceeded_and_rejected_rows_count(int wrongAt)
    {
        int[] prompt = _plain.Encode("Once upon a time");
        Request unlimited = _plain.Generate(prompt, Options(0), Cancellation);
        int[] expected = Read(unlimited);
        using LanguageModel model = Drafted(wrongAt, [[.. prompt, .. expected]]);
        foreach (decimal part in new[] { 0.4m, 0.7m, 0.95m })
        {
            GenerationOptions options = Options(0);
            options.Budget = Budget.OfCompute(unlimited.Ledger!.ComputeUnits * part);
            Request request = model.Generate(prompt, options, Cancellation);
            int[] got = Read(request);
            Assert.Equal(FinishReason.Budget, request.Finish);
            Assert.Equal(expected[..got.Length], got);
            Assert.True(request.Ledger!.Flops <= options.Budget.Flops, $"{request.Ledger.Flops} FLOPs of {options.Budget.Flops}");
            Assert.Equal(wrongAt > 0, request.Ledger.Drafts!.RejectedFlops > 0);
        }
    }

    [Fact]
    public async Task In_a_batch_each_text_has_its_own_draft()
    {
        string[] beginnings = ["Once upon a time", "Lily", "The dog was", "One day"];
        int[][] prompts = [.. beginnings.Select(text => _plain.Encode(text))];
        int[][] expected = [.. prompts.Select((prompt, i) => Read(_plain.Generate(prompt, Options(i * 0.5f), Cancellation)))];
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 4, LogitRows = 24 });
        ScriptedDrafter.Knowing(5, [.. prompts.Select((prompt, i) => (int[])[.. prompt, .. expected[i]])]).Attach(model);
        Request[] requests = [.. prompts.Select((prompt, i) => model.Generate(prompt, Options(i * 0.5f), Cancellation))];
        int[][] got = await Task.WhenAll(requests.Select(LoopModel.Read));
        Assert.Equal(expected, got);
        Assert.All(requests, request => Assert.True(request.Ledger!.Drafts!.Accepted > 0));
    }

    [Fact]
    public async Task Requests_that_give_pages_back_go_on_as_without_drafts()
    {
        string[] beginnings = ["Once upon a time", "Lily", "The dog was", "A little boy named Tim"];
        int[][] prompts = [.. beginnings.Select(text => _plain.Encode(text))];
        GenerationOptions options = Options(0.8f);
        options.MaxTokens = 220;
        int[][] expected = [.. prompts.Select(prompt => Read(_plain.Generate(prompt, options, Cancellation)))];
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Rows = 32, Sequences = 4, CacheTokens = 512, LogitRows = 32 }, "cache.pageTokens=16");
        ScriptedDrafter.Knowing(6, [.. prompts.Select((prompt, i) => (int[])[.. prompt, .. expected[i]])]).Attach(model);
        int[][] got = await Task.WhenAll(prompts.Select(prompt => LoopModel.Read(model.Generate(prompt, options, Cancellation))));
        Assert.Equal(expected, got);
        Assert.NotEqual(0, model.Status.Releases);
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
    }

    [Fact]
    public void A_text_fills_its_context_to_the_same_token()
    {
        int[] prompt = _plain.Encode("Once upon a time");
        GenerationOptions options = Options(0);
        options.MaxTokens = null;
        using LanguageModel without = LoopModel.Load(new() { Threads = 1 }, "context=50"), with = LoopModel.Load(new() { Threads = 1, LogitRows = 16 }, "context=50");
        Request expected = without.Generate(prompt, options, Cancellation);
        int[] tokens = Read(expected);
        ScriptedDrafter.Knowing(0, [.. prompt, .. tokens]).Attach(with);
        Request request = with.Generate(prompt, options, Cancellation);
        Assert.Equal(tokens, Read(request));
        Assert.Equal((FinishReason.ContextFull, FinishReason.ContextFull), (expected.Finish, request.Finish));
    }

    [Theory]
    [InlineData(false, "something is wrong")]
    [InlineData(true, "expected an id below")]
    public void A_faulty_drafter_is_named_once_and_requests_go_on(bool makesUpTokens, string says)
    {
        int[] prompt = _plain.Encode("Once upon a time");
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, LogitRows = 16 });
        List<string> log = [];
        ScriptedDrafter drafter = new(4, _ => makesUpTokens ? [3, 1 << 20] : throw new InvalidOperationException("something is wrong"));
        drafter.Attach(model, log.Add);
        for (int i = 0; i < 2; i++)
            Assert.Equal(Read(_plain.Generate(prompt, Options(0.5f), Cancellation)), Read(model.Generate(prompt, Options(0.5f), Cancellation)));

        Assert.Contains(says, Assert.Single(log));
        Assert.Equal(1, drafter.Calls);
    }

    [Fact]
    public void A_request_that_is_cancelled_while_it_drafts_ends_and_frees_its_pages()
    {
        int[] prompt = _plain.Encode("Once upon a time");
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, LogitRows = 16 });
        using CancellationTokenSource stop = new();
        new ScriptedDrafter(4, ids =>
        {
            if (ids.Length > prompt.Length + 10)
                stop.Cancel();
            return [1, 2, 3];
        }).Attach(model);
        Request request = model.Generate(prompt, Options(0), stop.Token);
        int[] got = Read(request);
        Assert.Equal(FinishReason.Cancelled, request.Finish);
        Assert.Equal(got.Length, request.GeneratedTokens);
        Assert.Equal(model.Status.Pages, model.Status.FreePages);
    }

    private static GenerationOptions Options(float temperature) =>
        new() { MaxTokens = Tokens, IgnoreEndOfGeneration = true, Prefer = DraftPreference.Fixed, Sampling = new() { Temperature = temperature, Seed = 11, RepetitionPenalty = 1.2f, TopP = 0.95f } };

    private static int[] Answer(LanguageModel model, int[] prompt, DraftPreference prefer, float temperature, out DraftLedger drafts)
    {
        GenerationOptions options = Options(temperature);
        (options.Prefer, options.MaxTokens) = (prefer, 200);
        Request request = model.Generate(prompt, options, Cancellation);
        int[] ids = Read(request);
        drafts = request.Ledger!.Drafts!;
        return ids;
    }

    private static LanguageModel Drafted(int wrongAt, params int[][] texts)
    {
        LanguageModel model = LoopModel.Load(new() { Threads = 1, LogitRows = 16, Sequences = 4 });
        ScriptedDrafter.Knowing(wrongAt, texts).Attach(model);
        return model;
    }

    private static (string Text, Request Request, int Kept) Conversed(LanguageModel model, int[] prompt, GenerationOptions options)
    {
        using Sequence sequence = model.Engine.Open();
        Request request = model.Generate(sequence, prompt, options, Cancellation);
        return (string.Concat(request.ToBlockingEnumerable().Select(piece => piece.Text)), request, sequence.Tokens);
    }

    private static int[] Read(Request request) => [.. request.ToBlockingEnumerable().Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];
}
