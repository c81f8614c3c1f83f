using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Spud.Runtime.Composition;
using Spud.Runtime.Execution;
using Spud.Runtime.Plugins;
using Xunit;

namespace Spud.Runtime.Tests.Plugins;

/// <summary>A plugin that was compiled against contract 1.0 and committed: every later 1.x must run it as it is.</summary>
public sealed class FrozenPluginTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FrozenPluginTests()
    {
        Directory.CreateDirectory(Plugin);
        foreach (string file in Directory.GetFiles(TestData.Path("frozen-plugin-1.0/plugin")))
            File.Copy(file, Path.Combine(Plugin, Path.GetFileName(file)));
    }

    private string Plugin => _folder.File("frozen");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_was_built_against_the_first_version()
    {
        using PEReader image = new(File.OpenRead(Path.Combine(Plugin, "Frozen.dll")));
        MetadataReader reader = image.GetMetadataReader();
        Assert.Contains("Spud.Abstractions 1.0.0.0", reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle).GetAssemblyName()).Select(name => $"{name.Name} {name.Version}"));
    }

    [Fact]
    public void It_loads() => Assert.Equal("frozen: active", PluginCatalog.Check(Plugin).ToString());

    [Fact]
    public void Its_router_and_cache_serve_a_pipeline()
    {
        int[] tokens = [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];
        float[] expected = [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path("families/mixtral.logits.bin")))];
        using PluginCatalog catalog = Catalog();
        using Pipeline pipeline = Pipeline.Compose(Mixture("router.use=frozen"), catalog, new PipelineOptions { Threads = 2 });
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        batch.Add(sequence, tokens, Phase.Prefill, LogitRows.Last);
        engine.Run(batch);

        float[] logits = batch.Logits(0).ToArray();
        float largest = logits.Zip(expected[^logits.Length..], (got, wanted) => MathF.Abs(got - wanted)).Max();
        Assert.InRange(largest, 0, 2e-5f * (expected.Max() - expected.Min()));
    }

    [Theory]
    [InlineData(Roles.Head)]
    [InlineData(Roles.Attention)]
    [InlineData(Roles.Experts)]
    public void A_type_with_every_member_that_plugins_had_to_have_still_loads(string role)
    {
        using PluginCatalog catalog = Catalog();

        Exception refused = Assert.ThrowsAny<Exception>(() => Pipeline.Compose(Mixture($"{role}.use=shell"), catalog, new PipelineOptions { Threads = 1 }));

        Assert.Contains("frozen shell 'frozen' loaded; it computes nothing", refused.Message, StringComparison.Ordinal);
    }

    private PluginCatalog Catalog() => PluginCatalog.Discover(BuiltPlugins.Folder, _folder.Path);

    private static PipelineDocument Mixture(string choice)
    {
        string[] exact = [.. new[] { Roles.Head, Roles.Attention, Roles.Experts }.Where(role => !choice.StartsWith(role, StringComparison.Ordinal)).Select(role => $"{role}.activations=f32")];
        return PipelineDocument.Load(null, [$"model={TestData.Path("families/mixtral.gguf")}", "cache.use=frozen", choice, .. exact]);
    }
}
