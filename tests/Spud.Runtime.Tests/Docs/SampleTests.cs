using System.Diagnostics;
using System.Runtime.InteropServices;
using Spud.Runtime.Composition;
using Spud.Runtime.Execution;
using Spud.Runtime.Plugins;
using Xunit;

namespace Spud.Runtime.Tests.Docs;

/// <summary>The programs that the documents show do what they say.</summary>
public sealed class SampleTests
{
    private static readonly string s_plugins = Path.Combine(TestData.Root, "Spud.Host", "bin", "Release", "net10.0", "plugins");
    private static readonly string s_samplePlugins = Path.Combine(TestData.Root, "samples", "Router.Best", "bin", "plugins");

    [Fact]
    public async Task The_embedding_program_answers()
    {
        string program = Path.Combine(TestData.Root, "samples", "Embedding", "bin", "Release", "net10.0", "Embedding");
        using Process process = Process.Start(new ProcessStartInfo(program, [TestData.DefaultModel, s_plugins, "What is the capital of France?"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Paris", answer);
        Assert.Contains("tokens, StopToken", await errors);
    }

    [Theory]
    [InlineData(1.0f, true)]
    [InlineData(0.2f, false)]
    public void The_sample_router_is_the_models_own_when_it_takes_all_the_mass(float mass, bool equal)
    {
        PipelineDocument document = PipelineDocument.Load(
            null,
            [
                $"model={TestData.Path("families/mixtral.gguf")}", "router.use=best", $"router.mass={mass}", "cache.format=f32",
                "head.activations=f32", "attention.activations=f32", "experts.activations=f32",
            ]);
        int[] tokens = [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];
        float[] expected = [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path("families/mixtral.logits.bin")))];
        using Pipeline pipeline = Pipeline.Compose(document, PluginCatalog.Discover(s_plugins, s_samplePlugins), new PipelineOptions { Threads = 2 });
        Engine engine = new(pipeline);
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        batch.Add(sequence, tokens, Phase.Prefill, LogitRows.Last);
        engine.Run(batch);

        float largest = 0;
        Span<float> logits = batch.Logits(0);
        for (int i = 0; i < logits.Length; i++)
            largest = MathF.Max(largest, MathF.Abs(logits[i] - expected[^logits.Length..][i]));

        Assert.Equal(equal, largest < 2e-5f * (expected.Max() - expected.Min()));
    }
}
