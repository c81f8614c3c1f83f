using System.Text.Json;
using Spud.Composition;
using Spud.Configuration;
using Xunit;

namespace Spud.Tests.Composition.Explanation;

public sealed class PipelineExplanationTests
{
    [Fact]
    public void OptionsAreThoseThatWereResolvedWithTheirDefaults()
    {
        PipelineExplanation explanation = Explained.Family("mixtral", "cache.format=f32", "head.activations=f32");
        Assert.Equal("""{"activations":"f32"}""", Options(Roles.Head));
        Assert.Equal("""{"activations":"q8"}""", Options(Roles.Attention));
        Assert.Equal("""{"format":"f32","pageTokens":64}""", Options(Roles.Cache));
        Assert.Equal("""{"experts":null}""", Options(Roles.Router));

        string Options(string role) => JsonSerializer.Serialize(explanation.Components.Single(component => component.Role == role).Options);
    }

    [Fact]
    public void TheDefaultModelIsExplained()
    {
        PipelineExplanation explanation = Explained.Model(TestData.DefaultModel);
        Assert.Equal((134_515_008, 98_362_432, 30, 576, 49_152, 8_192), (explanation.Model.Parameters, explanation.Model.FileBytes, explanation.Model.Layers, explanation.Model.HiddenWidth, explanation.Model.Vocabulary, explanation.Model.ContextTokens));
        LayerShape shape = Assert.Single(explanation.Model.LayerShapes);
        Assert.Equal(("0-29", 9, 3, 64, 64, 1, 1, 1_536), (shape.Layers, shape.QueryHeads, shape.KvHeads, shape.KeyWidth, shape.ValueWidth, shape.Experts, shape.ExpertsUsed, shape.ExpertWidth));
        PagesExplanation pages = Assert.Single(explanation.Pages);
        Assert.Equal(("0-29", 64, "F16", "F16", 128, 8_192, 768), (pages.Layers, pages.PageTokens, pages.Keys, pages.Values, pages.Pages, pages.TokensAtMost, pages.BytesPerTokenAndLayer));
        Assert.Equal(30L * 128 * 64 * (768 + 4), pages.TotalBytes);
        Assert.Equal(["backend.cpu"], explanation.Components.Select(component => component.Plugin).Distinct());
        Assert.Equal([Roles.Head, Roles.Attention, Roles.Experts, Roles.Cache], explanation.Components.Select(component => component.Role));
        Assert.Equal(new LimitsExplanation(64, 1, 8_192, 1), explanation.Limits);
        Assert.Equal(2, Assert.Single(explanation.Pools).Threads);
        StepExplanation step = Assert.Single(explanation.Steps);
        Assert.Equal("both", step.Phase);
        Assert.Equal([null, "0-29", null], step.Groups.Select(group => group.Layers));
        Assert.Equal(["embed", "project", "append", "fold", "finish", "execute", "logits"], step.Groups.SelectMany(group => group.Operations).Select(operation => operation.Name));
        Assert.Equal(["head", "attention", "cache", "attention", "attention", "experts", "head"], step.Groups.SelectMany(group => group.Operations).Select(operation => operation.Role));
        Assert.All(step.Groups.SelectMany(group => group.Operations), operation => Assert.Equal(("host", null, 0), (operation.Domain, operation.Copies, operation.BytesPerToken)));
    }

    [Theory]
    [InlineData("f32", 4 * 64)]
    [InlineData("f16", 2 * 64)]
    [InlineData("bf16", 2 * 64)]
    [InlineData("q8_0", 2 * 34)]
    [InlineData("q4_0", 2 * 18)]
    public void PagesTakeWhatTheirFormatTakes(string format, int headBytes)
    {
        using Pipeline pipeline = Explained.Compose(TestData.DefaultModel, $"cache.format={format}", "context=512");
        PipelineExplanation explanation = PipelineExplanation.Of(pipeline);
        PagesExplanation pages = Assert.Single(explanation.Pages);
        int token = 2 * 3 * headBytes; // keys and values of three heads
        Assert.Equal((format, token), (pages.Keys.ToLowerInvariant(), pages.BytesPerTokenAndLayer));
        Assert.Equal(30L * 512 * (token + 4), pages.TotalBytes);
        Assert.Equal(30L * token, explanation.Compute.DecodeAtStart.KvBytesWritten);
    }

    [Fact]
    public void LayersThatDifferAreShownApart()
    {
        PipelineExplanation explanation = Explained.Family("gemma3");
        Assert.Equal(["0-4,6", "5"], explanation.Model.LayerShapes.Select(shape => shape.Layers));
        Assert.Equal([16f, 0f], explanation.Model.LayerShapes.Select(shape => shape.Traits.GetValueOrDefault(Trait.Window)));
        Assert.Equal(["0-4,6", "5"], explanation.Pages.Select(pages => pages.Layers));
        Assert.Equal([16 + 64 + 2 * 64, 512], explanation.Pages.Select(pages => pages.TokensAtMost));
    }

    [Fact]
    public void PrivateMemoryIsWhatComponentsAndPipelineAllocatedAndTheRuntime()
    {
        using Pipeline pipeline = Explained.Compose(TestData.DefaultModel);
        MemoryExplanation memory = PipelineExplanation.Of(pipeline).Memory;
        long allocated = pipeline.Parts.Components.Sum(component => component.Memory.Bytes) + pipeline.Parts.Memory.Bytes;
        Assert.Equal(allocated, memory.PrivateBytes - memory.Runtime - memory.Tokenizer);
    }

    [Fact]
    public void MappedWeightsAreThoseThatComponentsDidNotUnpack()
    {
        using Pipeline pipeline = Explained.Compose(TestData.DefaultModel);
        PipelineExplanation explanation = PipelineExplanation.Of(pipeline);
        Assert.InRange(explanation.Memory.MappedBytes, 0, explanation.Model.FileBytes);
        Assert.Equal(explanation.Components.Sum(component => component.MappedBytes), explanation.Memory.MappedBytes);
        Assert.Equal(272, explanation.Components.Sum(component => component.Weights));
    }

    [Theory]
    [InlineData(new int[0], "none")]
    [InlineData(new[] { 4 }, "4")]
    [InlineData(new[] { 0, 1, 2, 5, 7, 8 }, "0-2,5,7-8")]
    public void LayersInWords(int[] layers, string text) => Assert.Equal(text, LayerNumbers.Text(layers));
}
