using Spud.Composition;
using Spud.Configuration;
using Spud.Tests.Generation;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>A pipeline names its depth policy like a component, with the layers where it acts, and needs none.</summary>
public sealed class DepthChoiceTests
{
    [Theory]
    [InlineData("context=64")]
    [InlineData("depth=none")]
    [InlineData("depth={}")]
    [InlineData("""depth={"use":"none","layers":"1"}""")]
    public void There_may_be_none(string edit)
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 }, edit);
        Assert.Null(model.Pipeline.Parts.Depth);
        Assert.Null(PipelineExplanation.Of(model.Pipeline).Depth);
        Assert.DoesNotContain(model.Pipeline.Parts.Pages.Layers, static layer => layer.IsNone);
    }

    [Theory]
    [InlineData("depth=skp", "no plugin offers depth 'skp'. Known: exit, skip. Did you mean 'skip'? 'none' lets every row pass through every layer.")]
    [InlineData("depth=3", "$.depth must be a depth policy's name or an object with 'use', got 3.")]
    [InlineData("depth=skip", "$.depth lacks 'layers': depth 'skip' acts at the layers that are named, such as \"layers\": \"11,14\".")]
    [InlineData("""depth={"use":"skip","layers":"4-5"}""", "$.depth.layers names layer 5, but the model has 5 layers, 0 to 4.")]
    [InlineData("""depth={"use":"skip","layers":[1]}""", "$.depth.layers must be layers from 0 to ")]
    [InlineData("""depth={"use":"skip","layers":"1","phase":"decode"}""", "$.depth.phase has no place here: a depth policy decides for the whole pipeline.")]
    [InlineData("""depth={"use":"skip","layers":"1","threshold":2}""", "$.depth.threshold is not an option of depth 'skip'")]
    [InlineData("""depth={"threshold":4}""", "$.depth.threshold is not an option of a pipeline without a depth policy")]
    public void What_is_wrong_is_refused(string edit, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => LoopModel.Load(new() { Threads = 1 }, edit).Dispose()).Message);

    [Theory]
    [InlineData("1,3-", "1,3-4")]
    [InlineData("3", "3")]
    public void Layers_may_be_set_by_an_edit_of_their_own(string layers, string leftOut)
    {
        using LanguageModel model = LoopModel.Load(new() { Threads = 1 }, "depth=skip", $"depth.layers={layers}");
        Assert.Equal(leftOut, PipelineExplanation.Of(model.Pipeline).Depth!.LeftOut);
    }

    [Fact]
    public void A_pipeline_without_layers_is_refused()
    {
        CompositionException refusal = Assert.Throws<CompositionException>(() => LoopModel.Load(new() { Threads = 1 }, """depth={"use":"skip","layers":"0-"}""").Dispose());
        Assert.Contains("depth 'depth.skip/skip': it leaves out all 5 layers of the model; at least one must stay. Name fewer in 'layers'.", refusal.Message);
    }
}
