using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Composition.Explanation;

/// <summary>What a pipeline will need is known before it is composed.</summary>
public sealed class MemoryForecastTests
{
    [Theory]
    [InlineData(0.9, "context=8192")]
    [InlineData(0.9, "context=512")]
    [InlineData(0.9, "context=2048", "cache.format=q8_0")]
    [InlineData(0.8, "context=1024", "head.activations=f32", "attention.activations=f32", "experts.activations=f32")]
    public void It_is_close_to_what_the_composed_pipeline_explains(double least, params string[] edits)
    {
        PipelineDocument document = PipelineDocument.Load(null, [$"model=\"{TestData.DefaultModel}\"", .. edits]);
        PluginCatalog plugins = PluginCatalog.Discover([TestData.Plugins]);
        PipelineOptions options = new() { Threads = 1, Sequences = 8, FullSequences = 4, LogitRows = 8 };
        MemoryForecast forecast = MemoryForecast.Of(document, plugins, options);
        using Pipeline pipeline = Pipeline.Compose(document, plugins, options);
        MemoryExplanation explained = PipelineExplanation.Of(pipeline).Memory;
        Assert.InRange(forecast.Pages, 0.99 * explained.Pages, explained.Pages);
        Assert.InRange(forecast.Bytes, least * explained.PipelineBytes, 1.1 * explained.PipelineBytes);
    }

    [Fact]
    public void A_document_with_faults_is_refused_as_when_it_is_composed() =>
        Assert.Contains("formt", Assert.Throws<ConfigurationException>(() => MemoryForecast.Of(
            PipelineDocument.Load(null, [$"model=\"{TestData.DefaultModel}\"", "cache.formt=f32"]), PluginCatalog.Discover([TestData.Plugins]), new())).Message);
}
