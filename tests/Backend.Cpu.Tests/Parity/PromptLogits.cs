using System.Runtime.InteropServices;
using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Backend.Cpu.Tests.Parity;

/// <summary>The logits of every position of the committed prompt, through a whole pipeline.</summary>
internal static class PromptLogits
{
    /// <summary>Where the host's plugins are built.</summary>
    private static string PluginFolder => TestData.Plugins;

    /// <summary>Token ids of the prompt.</summary>
    public static int[] Tokens => [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];

    /// <summary>What llama.cpp computed: [57, 512].</summary>
    public static float[] Reference(string file) => [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path(file)))];

    /// <summary>What Spud computes: [57, V].</summary>
    /// <param name="model">Below tests/data.</param>
    /// <param name="activations">"q8" or "f32".</param>
    /// <param name="threads">Workers.</param>
    /// <param name="rows">Tokens of a step.</param>
    public static float[] Of(string model, string activations, int threads = 2, int rows = 64)
    {
        PipelineDocument document = PipelineDocument.Load(null,
        [
            $"model={TestData.Path(model)}", $"head.activations={activations}", $"attention.activations={activations}",
            $"experts.activations={activations}", "cache.format=f32",
        ]);
        using Pipeline pipeline = Pipeline.Compose(
            document, PluginCatalog.Discover(PluginFolder), new PipelineOptions { Threads = threads, Rows = rows, LogitRows = rows });
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        List<float> logits = [];
        foreach (int[] chunk in Tokens.Chunk(rows))
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
