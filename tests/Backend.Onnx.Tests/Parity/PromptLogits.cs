using System.Runtime.InteropServices;
using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Backend.Onnx.Tests.Parity;

/// <summary>The logits of every position of a prompt, through a whole pipeline that the real loader composed.</summary>
internal sealed class PromptLogits
{
    private static readonly string[] s_all = ["head.use=onnx", "attention.use=onnx", "router.use=onnx", "experts.use=onnx"];

    /// <summary>Token ids of the committed prompt.</summary>
    public static int[] Prompt => [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("families/prompt.tokens.bin")))];

    /// <summary>Which components, and their options; all roles of this plugin if not set.</summary>
    public string[] Settings { get; init; } = [];

    /// <summary>Workers.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Tokens of a step.</summary>
    public int Rows { get; init; } = 64;

    private static string PluginFolder => TestData.Plugins;

    /// <summary>Committed logits.</summary>
    public static float[] Reference(string file) => [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path(file)))];

    /// <summary>Every role on this plugin, with more settings.</summary>
    public static PromptLogits AllRoles(params string[] settings) => new() { Settings = [.. s_all, .. settings] };

    /// <summary>Root of the mean square difference, relative to the range of what is expected.</summary>
    public static double Distance(float[] expected, float[] got)
    {
        Xunit.Assert.Equal(expected.Length, got.Length);
        return Math.Sqrt(expected.Zip(got, (e, g) => (double)(e - g) * (e - g)).Average()) / (expected.Max() - expected.Min());
    }

    /// <summary>The pipeline of a model.</summary>
    public Pipeline Compose(string model, int sequences = 1, int? context = null)
    {
        string[] limit = context is { } tokens ? [$"context={tokens}"] : [];
        PipelineDocument document = PipelineDocument.Load(null, [$"model={model}", .. Settings, .. limit]);
        return Pipeline.Compose(
            document, PluginCatalog.Discover(PluginFolder), new PipelineOptions { Threads = Threads, Rows = Rows, LogitRows = Rows, Sequences = sequences });
    }

    /// <summary>Logits of every token: [tokens, V].</summary>
    /// <param name="model">Full path.</param>
    /// <param name="tokens">The prompt if null.</param>
    public float[] Of(string model, int[]? tokens = null)
    {
        using Pipeline pipeline = Compose(model);
        Engine engine = pipeline.Engine;
        using Sequence sequence = engine.Open();
        Batch batch = engine.NewBatch();
        List<float> logits = [];
        foreach (int[] chunk in (tokens ?? Prompt).Chunk(Rows))
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
