using Spud;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Plugins;
using Xunit;

namespace Drafter.Lookup.Tests;

/// <summary>Requests of a pipeline with the drafter: the same text in fewer steps, whatever the cache keeps.</summary>
public sealed class LookupRequestTests
{
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Plugins, TestData.Reference]);

    [Theory]
    [InlineData("cache=plain", 0)]
    [InlineData("cache=plain", 0.8f)]
    [InlineData("""cache={"use":"compressed","format":"f32","keys":"f16","values":"f16","encodeAfter":16,"pageTokens":16}""", 0)]
    [InlineData("""cache={"use":"compressed","format":"f32","keys":"f16","values":"f16","encodeAfter":16,"pageTokens":16}""", 0.8f)]
    [InlineData("""cache={"use":"streaming","streamingHeads":2}""", 0)]
    [InlineData("cache=observed", 0)]
    public void The_text_is_that_without_a_drafter(string cache, float temperature)
    {
        GenerationOptions options = new() { MaxTokens = 250, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = temperature, Seed = 3 }, Prefer = DraftPreference.Fixed };
        using LanguageModel plain = Load(cache), drafted = Load(cache, """drafter={"use":"lookup","length":6,"minMatch":2}""");
        int[] prompt = plain.Encode("Once upon a time there was a dog. The dog was big. The dog was");
        int[] expected = Read(plain.Generate(prompt, options, TestContext.Current.CancellationToken));
        Request request = drafted.Generate(prompt, options, TestContext.Current.CancellationToken);
        Assert.Equal(expected, Read(request));
        Assert.True(request.Ledger!.Drafts!.Drafted > 0);
        Assert.Equal(249, request.Ledger.Drafts.Steps + request.Ledger.Drafts.Accepted);
    }

    [Fact]
    public void The_whole_conversation_is_searched_also_after_it_went_back()
    {
        GenerationOptions options = new() { MaxTokens = 40, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };
        using LanguageModel plain = Load("cache=plain"), drafted = Load("cache=plain", "drafter=lookup");
        using Sequence text = plain.Engine.Open(), draftedText = drafted.Engine.Open();
        int[] first = plain.Encode("Once upon a time there was a little girl named Lily.");
        int[] answer = Turn(first), other = [.. first, .. answer.AsSpan(0, 10), .. plain.Encode(" Once upon a time").AsSpan(1)];
        int[] second = Turn(other);
        Turn([.. other, .. second, .. plain.Encode(" Once upon a time there").AsSpan(1)]);

        int[] Turn(int[] prompt)
        {
            int[] expected = Read(plain.Generate(text, prompt, options, TestContext.Current.CancellationToken));
            Assert.Equal(expected, Read(drafted.Generate(draftedText, prompt, options, TestContext.Current.CancellationToken)));
            return expected;
        }
    }

    private static LanguageModel Load(params string[] edits) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model={TestData.Path("stories260K/stories260K-f32.gguf")}", .. edits]), s_plugins, new() { Threads = 1, Sequences = 2 });

    private static int[] Read(Request request) => [.. request.ToBlockingEnumerable().Where(piece => piece.Token is not null).Select(piece => piece.Token!.Value)];
}
