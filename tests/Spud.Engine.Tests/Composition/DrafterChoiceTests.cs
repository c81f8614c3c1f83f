using Spud.Composition;
using Spud.Configuration;
using Spud.Tests.Generation;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>A pipeline names its drafter like a component, and needs none.</summary>
public sealed class DrafterChoiceTests
{
    [Theory]
    [InlineData("context=64")]
    [InlineData("drafter=none")]
    [InlineData("drafter={}")]
    public void There_may_be_none(string edit)
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 }, edit);
        Assert.Null(model.Pipeline.Parts.Drafter);
        Assert.Null(PipelineExplanation.Of(model.Pipeline).Drafter);
        Assert.Equal(1, model.Pipeline.Limits.LogitRows);
    }

    [Fact]
    public void It_is_explained_and_its_rows_have_logits()
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2 }, """drafter={"use":"lookup","length":5}""");
        DrafterExplanation drafter = PipelineExplanation.Of(model.Pipeline).Drafter!;
        Assert.Equal(("lookup", "drafter.lookup", 5), (drafter.Name, drafter.Plugin, drafter.MaxTokens));
        Assert.Equal(2 + 2 * Draft.MaxTokensOfAny, model.Pipeline.Limits.LogitRows);
    }

    [Theory]
    [InlineData("drafter=lokup", "no plugin offers drafter 'lokup'. Known: heads, lookup, model. Did you mean 'lookup'? 'none' switches drafts off.")]
    [InlineData("drafter=3", "$.drafter must be a drafter's name or an object with 'use', got 3.")]
    [InlineData("""drafter={"use":"lookup","layers":"0-3"}""", "$.drafter.layers has no place here: a drafter guesses tokens, and serves no layers.")]
    [InlineData("""drafter={"use":"lookup","length":0}""", "$.drafter.length must be a whole number from 1 to 16, got 0.")]
    [InlineData("""drafter={"use":"lookup","length":17}""", "$.drafter.length must be a whole number from 1 to 16, got 17.")]
    [InlineData("""drafter={"use":"heads","pack":3}""", "$.drafter.pack must be the path of a file, got 3.")]
    [InlineData("""drafter={"length":4}""", "$.drafter.length is not an option of a pipeline without a drafter")]
    public void What_is_wrong_is_refused(string edit, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => LoopModel.Load(new() { Threads = 1 }, edit).Dispose()).Message);

    [Fact]
    public void Drafts_that_do_not_fit_into_a_step_are_refused()
    {
        CompositionException refusal = Assert.Throws<CompositionException>(() => LoopModel.Load(new() { Threads = 1, Rows = 8 }, "drafter=lookup").Dispose());
        Assert.Contains("its drafts have up to 16 tokens; expected 1 to 7, which a step of 8 rows verifies", refusal.Message);
    }

    [Fact]
    public void A_drafter_changes_nothing_that_keys_depend_on()
    {
        using LanguageModel plain = LoopModel.Load(new() { Threads = 1 }), drafted = LoopModel.Load(new() { Threads = 1 }, "drafter=lookup");
        Assert.Empty(drafted.Pipeline.KeysAt().DifferencesFrom(plain.Pipeline.KeysAt()));
    }
}
