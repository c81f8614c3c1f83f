using Spud;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;
using Xunit;

namespace Depth.Skip.Tests;

/// <summary>Requests of a pipeline that leaves layers out.</summary>
public sealed class SkipRequestTests
{
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Plugins]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(0.8f)]
    public void A_drafter_does_not_change_the_text(float temperature)
    {
        GenerationOptions options = new() { MaxTokens = 150, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = temperature, Seed = 3 }, Prefer = DraftPreference.Fixed };
        using LanguageModel plain = Load("2,4"), drafted = Load("2,4", """drafter={"use":"lookup","length":6,"minMatch":2}""");
        int[] prompt = plain.Encode("Once upon a time there was a dog. The dog was big. The dog was");
        int[] expected = Read(plain.Generate(prompt, options, Cancellation));
        Request request = drafted.Generate(prompt, options, Cancellation);
        Assert.Equal(expected, Read(request));
        Assert.NotEqual(0, request.Ledger!.Drafts!.Drafted);
    }

    [Fact]
    public void A_prompt_that_begins_like_an_earlier_one_is_read_from_where_they_differ()
    {
        GenerationOptions options = new() { MaxTokens = 40, IgnoreEndOfGeneration = true, PrefixSharing = "one", Sampling = new() { Temperature = 0 } };
        using LanguageModel model = Load("3"), fresh = Load("3");
        int[] beginning = model.Encode(string.Concat(Enumerable.Repeat("Once upon a time there was a dog. The dog was big. ", 6)));
        int[] first = [.. beginning, .. model.Encode(" The cat").AsSpan(1)], second = [.. beginning, .. model.Encode(" The bird").AsSpan(1)];
        Read(model.Generate(first, options, Cancellation));
        Request request = model.Generate(second, options, Cancellation);
        Assert.Equal(Read(fresh.Generate(second, options, Cancellation)), Read(request));
        Assert.NotEqual(0, request.ReusedTokens);
    }

    private static LanguageModel Load(string layers, params string[] edits) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", $$"""depth={"use":"skip","layers":"{{layers}}"}""", .. edits]), s_plugins, new() { Threads = 1, Sequences = 2 });

    private static int[] Read(Request request) => [.. request.ToBlockingEnumerable().Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];
}
