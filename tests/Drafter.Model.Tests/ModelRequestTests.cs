using System.Text;
using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Metering;
using Spud.Models;
using Spud.Plugins;
using Xunit;

namespace Drafter.Model.Tests;

/// <summary>Requests of a pipeline whose drafter asks a second model: the same text in fewer steps, and a bill for both models.</summary>
public sealed class ModelRequestTests : IDisposable
{
    private const int Tokens = 100;
    private const string Same = "stories260K-f32", Coarse = "stories260K-q4_0";
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Plugins]);
    private readonly LanguageModel _plain = Load(new() { Threads = 1 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _plain.Dispose();

    [Fact]
    public void A_model_that_drafts_for_itself_is_always_right()
    {
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(Same, "\"length\":4,\"minProbability\":0"));
        Request request = model.Generate(Prompt, Options(0), Cancellation);
        Assert.Equal(Read(_plain.Generate(Prompt, Options(0), Cancellation)), Read(request));
        DraftLedger drafts = request.Ledger!.Drafts!;
        Assert.Equal((drafts.Drafted, (Tokens - 1 + 4) / 5), (drafts.Accepted, drafts.Steps));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.8f, false)]
    public void A_text_does_not_depend_on_drafts_that_are_not_drawn(float temperature, bool draws)
    {
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(Coarse, $"\"draws\":{(draws ? "true" : "false")}"));
        Request request = model.Generate(Prompt, Options(temperature), Cancellation);
        Assert.Equal(Read(_plain.Generate(Prompt, Options(temperature), Cancellation)), Read(request));
        DraftLedger drafts = request.Ledger!.Drafts!;
        Assert.InRange(drafts.Accepted, 1, drafts.Drafted - 1);
        Assert.Equal(Tokens - 1, drafts.Steps + drafts.Accepted);
    }

    [Fact]
    public void With_drawn_drafts_a_seed_still_gives_one_text()
    {
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(Coarse));
        Request first = model.Generate(Prompt, Options(0.8f), Cancellation), second = model.Generate(Prompt, Options(0.8f), Cancellation);
        Assert.Equal(Read(first), Read(second));
        Assert.True(first.Ledger!.Drafts!.Accepted > 0);
    }

    [Fact]
    public async Task In_a_batch_each_text_has_a_text_of_its_own_in_the_draft_model()
    {
        int[][] prompts = [.. new[] { "Once upon a time", "Lily", "The dog was", "One day" }.Select(text => _plain.Encode(text))];
        int[][] expected = [.. prompts.Select(prompt => Read(_plain.Generate(prompt, Options(0), Cancellation)))];
        using LanguageModel model = Load(new() { Threads = 2, Sequences = 4 }, Drafter(Same, "\"minProbability\":0"));
        Request[] requests = [.. prompts.Select(prompt => model.Generate(prompt, Options(0), Cancellation))];
        Assert.Equal(expected, await Task.WhenAll(requests.Select(request => Task.Run(() => Read(request)))));
        Assert.All(requests, static request => Assert.Equal(request.Ledger!.Drafts!.Drafted, request.Ledger.Drafts.Accepted));
    }

    [Fact]
    public async Task Texts_that_find_no_pages_in_the_draft_model_displace_others()
    {
        int[][] prompts = [.. new[] { "Once upon a time", "Lily", "The dog was", "One day" }.Select(text => _plain.Encode(text))];
        int[][] expected = [.. prompts.Select(prompt => Read(_plain.Generate(prompt, Options(0), Cancellation)))];
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 4, CacheTokens = 160 }, Drafter(Same), "cache.pageTokens=16");
        Request[] requests = [.. prompts.Select(prompt => model.Generate(prompt, Options(0), Cancellation))];
        Assert.Equal(expected, await Task.WhenAll(requests.Select(request => Task.Run(() => Read(request)))));
        Assert.All(requests, static request => Assert.True(request.Ledger!.Drafts!.Accepted > 0));
    }

    [Fact]
    public void A_conversation_goes_back_in_both_models()
    {
        using LanguageModel model = Load(new() { Threads = 1, Sequences = 2 }, Drafter(Same, "\"minProbability\":0"));
        using Sequence text = model.Engine.Open();
        int[] answer = Turn(Prompt), other = [.. Prompt, .. answer.AsSpan(0, 10), .. _plain.Encode(" Then a cat").AsSpan(1)];
        Turn([.. other, .. Turn(other), .. _plain.Encode(" Lily said").AsSpan(1)]);

        int[] Turn(int[] prompt)
        {
            int[] expected = Read(_plain.Generate(prompt, Options(0), Cancellation));
            Request request = model.Generate(text, prompt, Options(0), Cancellation);
            Assert.Equal(expected, Read(request));
            Assert.Equal(request.Ledger!.Drafts!.Drafted, request.Ledger.Drafts.Accepted);

            // Of the prompt, the draft model reads no more than the model, and what it did not read of the answer before.
            Assert.InRange(request.Ledger.Drafts.Model!.Tokens, 1, prompt.Length - request.ReusedTokens + Tokens + 5);
            return expected;
        }
    }

    [Fact]
    public void Both_models_are_on_the_bill()
    {
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(Same));
        Request request = model.Generate(Prompt, Options(0), Cancellation);
        TextPiece[] pieces = [.. request.ToBlockingEnumerable()];
        Ledger ledger = request.Ledger!, drafts = ledger.Drafts!.Model!;
        Assert.Equal(ledger[Phase.Prefill].Total.Flops + ledger[Phase.Decode].Total.Flops + drafts.Flops, ledger.Flops);
        Assert.Equal((ledger.Flops, ledger.Flops), (ledger.Total.Flops, pieces.Sum(static piece => piece.Flops)));
        PriceList prices = PriceList.Parse(Prices);
        Receipt receipt = Receipt.Of(ledger, prices);
        ReceiptLine[] lines = [.. receipt.Lines.Where(static line => line.Role == Roles.Drafter)];
        Assert.Equal(drafts.ComputeUnits, lines.Sum(static line => line.ComputeUnits));
        Assert.Equal(receipt.ComputeUnits, receipt.Lines.Sum(static line => line.ComputeUnits));
        Assert.Equal(receipt.GigabytesRead, receipt.Lines.Sum(static line => line.GigabytesRead));
        Assert.Equal(receipt.Charge!.Work, receipt.Lines.Sum(static line => line.Amount!.Value));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public void A_limit_covers_both_models(double part)
    {
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(Coarse));
        Request unlimited = model.Generate(Prompt, Options(0), Cancellation);
        int[] expected = Read(unlimited);
        GenerationOptions options = Options(0);
        options.Budget = Budget.OfCompute(unlimited.Ledger!.ComputeUnits * (decimal)part);
        Request request = model.Generate(Prompt, options, Cancellation);
        int[] got = Read(request);
        Assert.Equal(FinishReason.Budget, request.Finish);
        Assert.InRange(request.Ledger!.ComputeUnits, 0.001m, options.Budget.ComputeUnits!.Value);
        Assert.Equal(expected[..got.Length], got);
        Assert.True(request.Ledger.Drafts!.Model!.Flops > 0);
    }

    [Fact]
    public void Texts_that_are_longer_than_its_context_get_no_drafts()
    {
        using LanguageModel plain = Load(new() { Threads = 1 }, "context=600", "rope={\"scaling\":\"linear\",\"factor\":2}"), model = Load(new() { Threads = 1 }, "context=600", "rope={\"scaling\":\"linear\",\"factor\":2}", Drafter(Same, "\"minProbability\":0"));
        int[] prompt = [.. Enumerable.Repeat(Prompt[^1], 500)];
        Request request = model.Generate(prompt, Options(0), Cancellation);
        Assert.Equal(Read(plain.Generate(prompt, Options(0), Cancellation)), Read(request));

        // The draft model's context has 512 tokens: the last 88 come one by one.
        Assert.InRange(request.Ledger!.Drafts!.Steps, 88, Tokens - 1);
        Assert.InRange(request.Ledger.Drafts.Drafted, 1, 12 * 4);
    }

    [Fact]
    public void It_is_explained()
    {
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(Coarse));
        PipelineExplanation with = PipelineExplanation.Of(model.Pipeline), without = PipelineExplanation.Of(_plain.Pipeline);
        DraftModelExplanation draft = with.Drafter!.Model!;
        Assert.Equal(TestData.Path($"stories260K/{Coarse}.gguf"), draft.Path);
        Assert.Equal(512, draft.ContextTokens);
        Assert.Equal((draft.PrivateBytes, 0), (with.Memory.Drafter, without.Memory.Drafter));
        Assert.True(draft.PrivateBytes > 0 && with.Memory.PrivateBytes > without.Memory.PrivateBytes + draft.PrivateBytes - 1);
    }

    [Fact]
    public void A_model_with_other_tokens_is_refused_with_the_first_that_differs()
    {
        using TempFolder folder = new();
        string[] tokens = Pieces(), other = [.. tokens];
        other[300] = "xyzzy";
        Assert.Contains("has another tokenizer than the model: token 0 is ", Refusal(Drafter(TestData.DefaultModel)));
        Assert.Contains("It has 49152 tokens, the model 512.", Refusal(Drafter(TestData.DefaultModel)));
        Assert.Contains($"token 300 is 'xyzzy', and '{tokens[300]}' in the model. It has 512 tokens, the model 512.", Refusal(Drafter(Write(folder, other))));
        Assert.Contains("the first 512 tokens are the same. It has 513 tokens, the model 512.", Refusal(Drafter(Write(folder, [.. tokens, "more"]))));

        static string Drafter(string path) => $$"""drafter={"use":"model","path":"{{path}}"}""";
    }

    [Fact]
    public void What_is_no_model_is_refused()
    {
        Assert.Contains("drafter 'drafter.model/model': option 'path' is missing", Refusal("drafter=model"));
        Assert.Contains("drafter 'drafter.model/model': its draft model: ", Refusal("""drafter={"use":"model","path":"none.gguf"}"""));
        Assert.Contains("drafter 'drafter.model/model': its draft model: ", Refusal($$"""drafter={"use":"model","path":"{{TestData.Path("families/SOURCE.txt")}}"}"""));
    }

    private int[] Prompt => _plain.Encode("Once upon a time");

    private const string Prices = """
        { "name": "test", "version": "1", "currency": "EUR", "rates": [{ "perComputeUnit": 0.5, "perGigabyteRead": 0.25 }] }
        """;

    private static string[] Pieces()
    {
        using GgufFile file = GgufFile.Open(TestData.Path("stories260K/stories260K-f32.gguf"));
        Utf8Strings pieces = file.Metadata.RequireUtf8Strings("tokenizer.ggml.tokens");
        return [.. Enumerable.Range(0, pieces.Count).Select(id => Encoding.UTF8.GetString(pieces[id]))];
    }

    private static string Write(TempFolder folder, string[] tokens)
    {
        GgufWriter file = new();
        file.Set("general.architecture", "llama");
        file.Set("tokenizer.ggml.tokens", tokens);
        file.Add("output_norm.weight", [1, 1], 2);
        string path = Path.Combine(folder.Path, $"{tokens.Length}.gguf");
        file.Save(path);
        return path;
    }

    private static string Refusal(string edit) => Assert.Throws<CompositionException>(() => Load(new() { Threads = 1 }, edit).Dispose()).Message;

    private static string Drafter(string model, string options = "\"length\":4") => $$"""drafter={"use":"model","path":"{{TestData.Path($"stories260K/{model}.gguf")}}",{{options}}}""";

    private static LanguageModel Load(PipelineOptions options, params string[] edits) =>
        LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", .. edits]), s_plugins, options);

    private static GenerationOptions Options(float temperature) =>
        new() { MaxTokens = Tokens, IgnoreEndOfGeneration = true, Prefer = DraftPreference.Fixed, Sampling = new() { Temperature = temperature, Seed = 7 } };

    private static int[] Read(Request request) => [.. request.ToBlockingEnumerable().Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];
}
