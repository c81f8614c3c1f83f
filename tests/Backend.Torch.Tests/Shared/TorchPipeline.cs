using System.Runtime.InteropServices;
using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Backend.Torch.Tests.Shared;

/// <summary>A pipeline out of the host's plugin folder, through the loader.</summary>
internal sealed class TorchPipeline : IDisposable
{
    /// <summary>Every role on libtorch.</summary>
    public static readonly string[] All = ["head.use=torch", "attention.use=torch", "router.use=torch", "experts.use=torch"];

    /// <summary>Every role on the CPU backend, in f32.</summary>
    public static readonly string[] Cpu = ["head.activations=f32", "attention.activations=f32", "experts.activations=f32", "cache.format=f32"];

    private static readonly Lock s_gate = new();
    private Batch? _batch;

    public TorchPipeline(string model, PipelineOptions options, params IEnumerable<string> edits)
    {
        lock (s_gate)
            Pipeline = Pipeline.Compose(PipelineDocument.Load(null, [$"model={model}", .. edits]), Plugins, options);

    }

    public TorchPipeline(string model, params IEnumerable<string> edits)
        : this(model, new PipelineOptions { Threads = 2, Rows = 64, LogitRows = 64, Sequences = 4 }, edits)
    {
    }

    /// <summary>What the host would find.</summary>
    public static PluginCatalog Plugins { get; } = PluginCatalog.Discover([PluginFolder]);

    /// <summary>Where the build put the plugins: next to the host, in the configuration of these tests.</summary>
    public static string PluginFolder => TestData.Plugins;

    public Pipeline Pipeline { get; }

    public Engine Engine => Pipeline.Engine;

    public Batch Batch => _batch ??= Engine.NewBatch();

    /// <summary>All roles on libtorch with one type of weights.</summary>
    public static string[] Typed(string dtype) => [.. All, $"head.dtype={dtype}", $"attention.dtype={dtype}", $"experts.dtype={dtype}"];

    public static int[] Tokens(string path) => [.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path(path)))];

    public static float[] Floats(string path) => [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path(path)))];

    /// <summary>Logits of every token, [tokens, V].</summary>
    public float[] Logits(ReadOnlySpan<int> tokens, int chunk = 64)
    {
        using Sequence sequence = Engine.Open();
        List<float> logits = [];
        for (int at = 0; at < tokens.Length; at += chunk)
        {
            int rows = Math.Min(chunk, tokens.Length - at);
            Batch.Clear();
            Batch.Add(sequence, tokens.Slice(at, rows), chunk == 1 ? Phase.Decode : Phase.Prefill, LogitRows.All);
            Engine.Run(Batch);
            for (int row = 0; row < rows; row++)
                logits.AddRange(Batch.Logits(0, row));
        }

        return [.. logits];
    }

    public void Dispose() => Pipeline.Dispose();
}
