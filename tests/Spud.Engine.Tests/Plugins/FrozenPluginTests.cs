using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

/// <summary>A plugin that was compiled against contract 1.0 and committed: every later 1.x must run it as it is.</summary>
public sealed class FrozenPluginTests : IDisposable
{
    private const int PromptTokens = 40;
    private static readonly string[] s_frozen = [.. Roles.All.Select(role => $"{role}.use=frozen")];
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

    [Theory]
    [InlineData("llama")]
    [InlineData("mixtral")]
    [InlineData("granitemoe")]
    public void Its_five_roles_run_a_model(string family) => RequireReference(family, Run(family, s_frozen), 2e-5f);

    [Fact]
    public void Its_roles_run_on_a_device_of_its_own() =>
        RequireReference("mixtral", Run("mixtral", [.. s_frozen, "head.device=true", "attention.device=true", "experts.device=true"]), 2e-5f);

    [Fact]
    public void Its_pages_may_have_half_the_width() => RequireReference("mixtral", Run("mixtral", [.. s_frozen, "cache.format=F16", "attention.device=true"]), 2e-3f);

    [Fact]
    public void What_its_cache_drops_is_gone_for_every_attention()
    {
        float[] own = Run("llama", [.. s_frozen, "cache.keep=8"]), cpu = Run("llama", ["head.activations=f32", "experts.activations=f32", "attention.activations=f32", "cache.use=frozen", "cache.keep=8"]);

        Assert.InRange(LargestDifference(own, cpu), 0, 2e-5f * Range(cpu));
        Assert.True(LargestDifference(own, Reference("llama")) > 1e-2f * Range(own), "nothing was dropped");
    }

    [Fact]
    public void A_device_that_it_loses_ends_the_request_with_its_reason()
    {
        ComponentException lost = Assert.Throws<ComponentException>(() => Run("mixtral", [.. s_frozen, "experts.device=true", "experts.lose=true"]));

        Assert.Contains("the frozen device is gone", lost.Message, StringComparison.Ordinal);
        Assert.IsType<DeviceLostException>(lost.InnerException);
    }

    /// <summary>Logits of every token: the prompt in as few steps as may be, what follows one by one.</summary>
    private float[] Run(string family, string[] settings)
    {
        int[] tokens = [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];
        using PluginCatalog catalog = PluginCatalog.Discover(TestData.Plugins, _folder.Path);
        PipelineDocument document = PipelineDocument.Load(null, [$"model={TestData.Path($"families/{family}.gguf")}", .. settings]);
        using Pipeline pipeline = Pipeline.Compose(document, catalog, new PipelineOptions { Threads = 2, LogitRows = PromptTokens });
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        List<float> logits = [];
        for (int first = 0, rows; first < tokens.Length; first += rows)
        {
            // The policy does not promise row invariance, so that a step ends where it is asked.
            batch.Clear();
            rows = batch.Fill(sequence, first < PromptTokens ? tokens.AsSpan(first, PromptTokens - first) : tokens.AsSpan(first, 1), first < PromptTokens ? Phase.Prefill : Phase.Decode, LogitRows.All);
            engine.Run(batch);
            for (int row = 0; row < rows; row++)
                logits.AddRange(batch.Logits(0, row));
        }

        return [.. logits];
    }

    private static void RequireReference(string family, float[] logits, float tolerance)
    {
        float[] expected = Reference(family);
        Assert.InRange(LargestDifference(logits, expected), 0, tolerance * Range(expected));
    }

    private static float[] Reference(string family) => [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path($"families/{family}.logits.bin")))];

    private static float Range(float[] logits) => logits.Max() - logits.Min();

    private static float LargestDifference(float[] got, float[] wanted)
    {
        Assert.Equal(wanted.Length, got.Length);
        return got.Zip(wanted, (one, other) => MathF.Abs(one - other)).Max();
    }
}
