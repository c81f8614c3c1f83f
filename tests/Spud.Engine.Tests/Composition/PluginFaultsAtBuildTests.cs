using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;
using Spud.Tests.Plugins;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>Whatever a plugin's code throws or returns while a pipeline is built, the message names the plugin.</summary>
public sealed class PluginFaultsAtBuildTests : IDisposable
{
    private readonly PluginFolders _folders = new();

    public PluginFaultsAtBuildTests() => _folders.Add("Rude");

    public void Dispose() => _folders.Dispose();

    [Theory]
    [InlineData("domain", "router 'rude/rude': Domain threw NotSupportedException: nowhere.")]
    [InlineData("no domain", "router 'rude/rude': Domain is null, expected the memory domain that it works in. This is a fault of the plugin.")]
    [InlineData("max experts", "router 'rude/rude': MaxExpertsPerRow threw NotSupportedException: who counts.")]
    [InlineData("no experts", "router 'rude/rude': MaxExpertsPerRow is 0, expected 1 to 8. This is a fault of the plugin.")]
    [InlineData("all experts", "router 'rude/rude': MaxExpertsPerRow is 2147483647, expected 1 to 8. This is a fault of the plugin.")]
    [InlineData("expected experts", "router 'rude/rude': ExpectedExperts threw NotSupportedException: who knows.")]
    [InlineData("message throws", "it threw SpeechlessException: (its message cannot be read).")]
    [InlineData("message is null", "it threw SpeechlessException: (no message).")]
    public void A_fault_of_a_router_names_it(string breaks, string message) => Assert.EndsWith(message, Refused($"router.breaks={breaks}", "router.use=rude"));

    [Fact]
    public void A_negative_size_is_refused_with_the_plugins_name()
    {
        string message = Refused("router.breaks=negative share", "router.use=rude");
        Assert.Contains("router 'rude/rude'", message);
        Assert.Contains("ArgumentOutOfRangeException", message);
    }

    [Theory]
    [InlineData("layout", "cache 'rude/rude', layer 0: Layout threw NotSupportedException: flat.")]
    [InlineData("no layout", "cache 'rude/rude', layer 0: Layout returned null, expected a layout. This is a fault of the plugin.")]
    public void A_fault_of_a_cache_names_it(string breaks, string message) => Assert.EndsWith(message, Refused($"cache.breaks={breaks}", "cache.use=rude"));

    [Fact]
    public void Options_that_cannot_be_created_name_their_plugin() =>
        Assert.EndsWith("router 'rude/thrower': its options class ThrowingOptions threw TimeoutException: no options today. This is a fault of the plugin.", Refused("router.use=thrower"));

    [Fact]
    public void An_offer_of_default_arrays_offers_nothing_and_throws_nowhere()
    {
        using PluginCatalog catalog = Catalog();
        using Pipeline pipeline = Pipeline.Compose(Document("cache.use=rude"), catalog, new PipelineOptions { Threads = 1 });
        Assert.Equal("rude/rude", pipeline.Parts.Cache.Name);
    }

    private string Refused(params string[] settings)
    {
        using PluginCatalog catalog = Catalog();
        Exception? fault = Record.Exception(() => Pipeline.Compose(Document(settings), catalog, new PipelineOptions { Threads = 1 }));
        Assert.True(fault is CompositionException or ConfigurationException, $"got {fault?.GetType()}");
        return fault!.Message;
    }

    private PluginCatalog Catalog() => PluginCatalog.Discover(TestData.Plugins, _folders.Path);

    private static PipelineDocument Document(params string[] settings) => PipelineDocument.Load(null, [$"model={TestData.Path("families/mixtral.gguf")}", .. settings]);
}
