using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;
using Spud.Models;
using Spud.Plugins;
using Xunit;

namespace Depth.Exit.Tests;

/// <summary>Requests of a pipeline whose tokens leave early, through exits that a test writes.</summary>
public sealed class ExitRequestTests : IDisposable
{
    private const int Width = 64, Layers = 5;
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Plugins]);
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Exits that change nothing but the row's length, which the final norm ignores: each token of the answer is that of the model without the later layers.</summary>
    [Theory]
    [InlineData("fill")]
    [InlineData("hole")]
    public void An_answer_whose_tokens_all_leave_is_that_of_a_shorter_model(string missing)
    {
        using LanguageModel exits = Load(Exit("2", 0, 0, missing)), shorter = Load("""depth={"use":"skip","layers":"3-4"}""");
        GenerationOptions options = new() { MaxTokens = 40, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };
        Request request = exits.Generate([1], options, Cancellation);
        Assert.Equal(Read(shorter.Generate([1], options, Cancellation)), Read(request));
        Assert.Equal(39, Assert.Single(request.Ledger!.Reported, static figure => figure.Name == "tokens that left after layer 2").Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.8f)]
    public void A_drafter_does_not_change_the_text(float temperature)
    {
        GenerationOptions options = new() { MaxTokens = 150, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = temperature, Seed = 3 }, Prefer = DraftPreference.Fixed };
        string depth = Exit("1,3", 0.5, 0.5);
        using LanguageModel plain = Load(depth), drafted = Load(depth, """drafter={"use":"lookup","length":6,"minMatch":2}""");
        int[] prompt = plain.Encode("Once upon a time there was a dog. The dog was big. The dog was");
        Request expected = plain.Generate(prompt, options, Cancellation), request = drafted.Generate(prompt, options, Cancellation);
        Assert.Equal(Read(expected), Read(request));
        Assert.NotEqual(0, request.Ledger!.Drafts!.Accepted);
        foreach (ReportedFigure left in expected.Ledger!.Reported)
            Assert.InRange(left.Value, 1, 149);
    }

    /// <summary>Requests that are served together answer what each does alone.</summary>
    [Theory]
    [InlineData("fill")]
    [InlineData("hole")]
    public async Task Requests_do_not_disturb_one_another(string missing)
    {
        using LanguageModel model = Load(Exit("1,3", 0.5, 0.5, missing));
        GenerationOptions options = new() { MaxTokens = 60, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };
        int[][] prompts = [.. new[] { "Once upon a time", "Lily", "The dog was" }.Select(text => model.Encode(text))];
        int[][] expected = [.. prompts.Select(prompt => Read(model.Generate(prompt, options, Cancellation)))];
        Request[] requests = [.. prompts.Select(prompt => model.Generate(prompt, options, Cancellation))];
        Assert.Equal(expected, await Task.WhenAll(requests.Select(request => Task.Run(() => Read(request)))));
    }

    [Fact]
    public void Effort_decides_how_many_tokens_leave()
    {
        using LanguageModel model = Load(Exit("2", 1, 0));
        int[] prompt = model.Encode("Once upon a time");
        Assert.Equal([39, 0], new[] { 0f, 1 }.Select(effort =>
        {
            Request request = model.Generate(prompt, new() { MaxTokens = 40, Effort = effort, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } }, Cancellation);
            Read(request);
            return (int)request.Ledger!.Reported.Single().Value;
        }));
    }

    /// <summary>Keys of an answer whose tokens left are not those of the same text in a prompt.</summary>
    [Fact]
    public void Only_the_prompt_of_an_earlier_request_is_reused()
    {
        using LanguageModel model = Load(Exit("2", 0, 0));
        GenerationOptions options = new() { MaxTokens = 64, IgnoreEndOfGeneration = true, PrefixSharing = "one", Sampling = new() { Temperature = 0 } };
        int[] prompt = model.Encode(string.Concat(Enumerable.Repeat("Once upon a time there was a dog. The dog was big. ", 6)));
        int[] answer = Read(model.Generate(prompt, options, Cancellation));
        Request again = model.Generate([.. prompt, .. answer, 5], options, Cancellation);
        Read(again);
        Assert.InRange(again.ReusedTokens, 1, prompt.Length);
    }

    [Fact]
    public void It_is_explained()
    {
        using LanguageModel model = Load(Exit("1,3"));
        PipelineExplanation explanation = PipelineExplanation.Of(model.Pipeline);
        DepthExplanation depth = explanation.Depth!;
        Assert.Equal(("exit", "none", "1,3", "fill"), (depth.Name, depth.LeftOut, depth.LeavesAfter, depth.Missing));
        Assert.InRange(depth.OwnBytes, 3 * Width * Width * sizeof(float), 1 << 20);
        Assert.Equal(depth.OwnBytes, explanation.Memory.Depth);
        Assert.EndsWith("exits.gguf", depth.Pack, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Contains("there are no trained exits for this model: write a pack with 'spud calibrate exits'", Refusal("""depth={"use":"exit","layers":"1"}"""));
        Assert.Contains("'layers' names 0, and the pack has exits behind 1,2,3", Refusal(Exit("0,3")));
        Assert.Contains("was made for another model", Refusal(Exit("1", hash: new('7', 64))));
        Assert.Contains("'lowestThreshold' is 0.9, above 'threshold', 0.5", Refusal(Exit("1", 0.5, 0.9)));
        Assert.Contains("depth 'depth.skip/skip' does not use a pack", Refusal($$"""depth={"use":"skip","layers":"1","pack":"{{Write(null)}}"}"""));
        Assert.Contains("leaves holes where rows left, and drafter 'drafter.lookup/lookup' verifies several rows", Refusal(Exit("1", missing: "hole"), "drafter=lookup"));
        Assert.Contains("cache 'cache.compressed/compressed' keeps a state of every row", Refusal(Exit("1"), """cache={"use":"compressed","keep":1,"ratio":0.5}"""));
    }

    private string Exit(string layers, double threshold = 0.9, double lowest = 0.5, string missing = "fill", string? hash = null) => FormattableString.Invariant(
        $$"""depth={"use":"exit","layers":"{{layers}}","pack":"{{Write(hash)}}","threshold":{{threshold}},"lowestThreshold":{{lowest}},"missing":"{{missing}}"}""");

    private string Write(string? hash)
    {
        GgufWriter pack = new();
        using (GgufFile model = GgufFile.Open(TestData.Path("stories260K/stories260K-f32.gguf")))
            pack.Set(PackFile.ModelKey, hash ?? ModelHash.Of(model));

        pack.Set("exit.layers", "1,2,3");
        Random random = new(1);
        for (int layer = 1; layer < Layers - 1; layer++)
        {
            float[] map = new float[Width * Width];
            for (int i = 0; i < Width; i++)
                map[i * Width + i] = 1;

            pack.Add($"exit.{layer}.map", map, Width, Width);
            pack.Add($"exit.{layer}.bias", new float[Width], Width);
            pack.Add($"exit.{layer}.probe", [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() - 0.5f)], Width);
            pack.Set($"exit.{layer}.probe_bias", 0f);
        }

        string path = _folder.File("exits.gguf");
        pack.Save(path);
        return path;
    }

    private static string Refusal(params string[] edits) => Assert.Throws<CompositionException>(() => Load(edits)).Message;

    private static LanguageModel Load(params string[] edits) =>
        LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", .. edits]), s_plugins, new() { Threads = 1, Sequences = 3 });

    private static int[] Read(Request request) => [.. request.ToBlockingEnumerable().Where(static piece => piece.Token is not null).Select(static piece => piece.Token!.Value)];
}
