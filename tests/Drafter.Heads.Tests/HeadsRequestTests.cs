using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Models;
using Spud.Plugins;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Drafter.Heads.Tests;

/// <summary>Requests of a pipeline with the drafter: the same text, whatever the blocks propose; packs of other models are refused.</summary>
public sealed class HeadsRequestTests
{
    private const int Width = 64, Vocabulary = 512;
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Plugins]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 0.8f)]
    [InlineData(false, 0)]
    public async Task The_text_is_that_without_a_drafter(bool seesTokens, float temperature)
    {
        using TempFolder folder = new();
        string pack = Write(folder, seesTokens);
        using LanguageModel plain = Load(new() { Threads = 1, Sequences = 3 }), drafted = Load(new() { Threads = 2, Sequences = 3 }, Drafter(pack));
        GenerationOptions options = new() { MaxTokens = 60, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = temperature, Seed = 5 } };
        int[][] prompts = [.. new[] { "Once upon a time", "Lily", "The dog was" }.Select(text => plain.Encode(text))];
        int[][] expected = [.. prompts.Select(prompt => Read(plain.Generate(prompt, options, Cancellation)))];
        Request[] requests = [.. prompts.Select(prompt => drafted.Generate(prompt, options, Cancellation))];
        Assert.Equal(expected, await Task.WhenAll(requests.Select(request => Task.Run(() => Read(request)))));
        Assert.All(requests, static request => Assert.True(request.Ledger!.Drafts!.Drafted > 0));
    }

    /// <summary>The trained blocks of the embedded model are found next to it, and an exercise takes fewer steps.</summary>
    [Fact]
    public void The_blocks_of_the_embedded_model_give_its_text_in_fewer_steps()
    {
        using LanguageModel plain = Load(TestData.DefaultModel, new() { Threads = 2 }, "context=512"), drafted = Load(TestData.DefaultModel, new() { Threads = 2 }, "context=512", "drafter=heads");
        GenerationOptions options = new() { MaxTokens = 60, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 }, Prefer = DraftPreference.Fixed };
        int[] prompt = plain.Encode([new ChatMessage("user", "What is 27 + 18 - 9? Show each step.")]);
        Request request = drafted.Generate(prompt, options, Cancellation);
        Assert.Equal(Read(plain.Generate(prompt, options, Cancellation)), Read(request));
        Assert.InRange(request.Ledger!.Drafts!.TokensPerStep, 1.2, 4);
    }

    /// <summary>A draft costs what its blocks and the restricted output matrix multiply, in addition to the rows that verify it.</summary>
    [Fact]
    public void What_the_blocks_compute_is_billed()
    {
        using TempFolder folder = new();
        using LanguageModel drafted = Load(new() { Threads = 1 }, Drafter(Write(folder, seesTokens: true))), plain = Load(new() { Threads = 1 });
        GenerationOptions options = new() { MaxTokens = 40, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 }, Prefer = DraftPreference.Fixed };
        int[] prompt = plain.Encode("Once upon a time");
        Request request = drafted.Generate(prompt, options, Cancellation), alone = plain.Generate(prompt, options, Cancellation);
        Assert.Equal(Read(alone), Read(request));
        long drafts = request.Ledger!.Drafts!.Drafted, token = 2L * Width * (2 * Width + 100);
        long head = request.Ledger[Phase.Decode].Of(Roles.Head).Flops, output = 2L * Width * Vocabulary;
        Assert.NotEqual(0, drafts);
        Assert.Equal(request.Ledger[Phase.Decode].LogitRows * output + drafts * token, head);
        Assert.Equal(alone.Ledger![Phase.Decode].LogitRows * output, alone.Ledger[Phase.Decode].Of(Roles.Head).Flops);
    }

    [Fact]
    public void It_is_explained_with_its_pack_and_memory()
    {
        using TempFolder folder = new();
        string pack = Write(folder, seesTokens: true);
        using LanguageModel model = Load(new() { Threads = 1 }, Drafter(pack));
        PipelineExplanation explanation = PipelineExplanation.Of(model.Pipeline);
        Assert.Equal((pack, 3), (explanation.Drafter!.Pack, explanation.Drafter.MaxTokens));
        Assert.InRange(explanation.Drafter.OwnBytes, 1, explanation.Memory.Drafter);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using TempFolder folder = new();
        Assert.Contains("there are no trained blocks for this model", Refusal("drafter=heads"));
        Assert.Contains("was made for another model", Refusal(Drafter(Write(folder, true, "other.gguf", hash: new('7', 64)))));
        Assert.Contains("'heads.count' is 5, expected a whole number from 1 to 4", Refusal(Drafter(Write(folder, true, "five.gguf", count: 5))));
        Assert.Contains("heads.3.hidden", Refusal(Drafter(Write(folder, true, "less.gguf", written: 2))));
        Assert.Contains("'heads.tokens' contains 512, expected ids below 512", Refusal(Drafter(Write(folder, true, "beyond.gguf", firstToken: Vocabulary - 99))));
        Assert.Contains("does not use a pack", Refusal($$"""drafter={"use":"lookup","pack":"{{Write(folder, true)}}"}"""));
    }

    private static string Write(TempFolder folder, bool seesTokens, string name = "heads.gguf", int count = 3, int? written = null, string? hash = null, int firstToken = 200)
    {
        Random random = new(1);
        GgufWriter pack = new();
        using (GgufFile model = GgufFile.Open(TestData.Path("stories260K/stories260K-f32.gguf")))
            pack.Set(PackFile.ModelKey, hash ?? ModelHash.Of(model));

        pack.Set("heads.count", count);
        pack.Set("heads.sees_tokens", seesTokens ? 1 : 0);
        pack.Set("heads.token_count", 100);
        pack.Add("heads.tokens", [.. Enumerable.Range(firstToken, 100).Select(static id => (float)id)], 100);
        for (int k = 1; k <= (written ?? count); k++)
        {
            pack.Add($"heads.{k}.hidden", Numbers(Width * Width), Width, Width);
            if (seesTokens)
                pack.Add($"heads.{k}.token", Numbers(Width * Width), Width, Width);
            pack.Add($"heads.{k}.bias", Numbers(Width), Width);
        }

        string path = Path.Combine(folder.Path, name);
        pack.Save(path);
        return path;

        float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) / 4)];
    }

    private static string Drafter(string pack) => $$"""drafter={"use":"heads","minProbability":0,"pack":"{{pack}}"}""";

    private static string Refusal(string edit) => Assert.Throws<CompositionException>(() => Load(new() { Threads = 1 }, edit).Dispose()).Message;

    private static LanguageModel Load(PipelineOptions options, params string[] edits) => Load(TestData.Path("stories260K/stories260K-f32.gguf"), options, edits);

    private static LanguageModel Load(string model, PipelineOptions options, params string[] edits) =>
        LanguageModel.Load(PipelineDocument.Load(null, [$"model={model}", .. edits]), s_plugins, options);

    private static int[] Read(Request request) => [.. request.ToBlockingEnumerable().Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];
}
