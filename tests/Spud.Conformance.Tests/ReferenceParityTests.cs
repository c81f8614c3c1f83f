using System.Runtime.InteropServices;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>The reference plugin in every role, against llama.cpp's logits for the same file.</summary>
public sealed class ReferenceParityTests
{
    [Theory]
    [InlineData("llama", 5e-6)]
    [InlineData("mixtral", 5e-6)]
    [InlineData("qwen2", 5e-6)]
    [InlineData("qwen3", 5e-6)]
    [InlineData("qwen2moe", 5e-6)]
    [InlineData("qwen3moe", 5e-6)]
    [InlineData("olmoe", 5e-6)]
    [InlineData("granite", 5e-6)]
    [InlineData("granitemoe", 5e-6)]
    [InlineData("gemma3", 5e-4)] // llama.cpp's GELU is a table of f16 values
    [InlineData("gpt-oss", 5e-6)]
    public void LogitsAreLlamaCpps(string family, double tolerance)
    {
        float[] expected = Read<float>($"families/{family}.logits.bin"), got = Logits(TestData.Path($"families/{family}.gguf"), Read<int>("families/prompt.tokens.bin"));
        Assert.Equal(expected.Length, got.Length);
        double range = expected.Max() - expected.Min(), worst = expected.Zip(got, (e, g) => Math.Abs(e - g)).Max();
        Assert.True(worst <= tolerance * range, $"{family}: off by {worst / range:E2} of the logits' range");
    }

    private static T[] Read<T>(string file)
        where T : unmanaged => [.. MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(TestData.Path(file)))];

    private static float[] Logits(string model, int[] tokens)
    {
        PipelineDocument document = PipelineDocument.Load(
            null,
            [$"model={model}", "head.use=reference", "attention.use=reference", "cache.use=reference", "router.use=reference", "experts.use=reference"]);
        using PluginCatalog plugins = PluginCatalog.Discover(Path.GetDirectoryName(TestData.Reference)!);
        using Pipeline pipeline = Pipeline.Compose(document, plugins, new PipelineOptions { Threads = 1, Rows = 24, LogitRows = 24 });
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        List<float> logits = [];
        foreach (int[] chunk in tokens.Chunk(24))
        {
            batch.Clear();
            batch.Add(sequence, chunk, Phase.Prefill, LogitRows.All);
            engine.Run(batch);
            for (int row = 0; row < chunk.Length; row++)
                logits.AddRange(batch.Logits(0, row));
        }

        return [.. logits];
    }
}
