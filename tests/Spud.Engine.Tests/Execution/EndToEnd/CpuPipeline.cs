using System.Runtime.InteropServices;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>A pipeline of the built-in backend, out of its plugin folder and through the loader.</summary>
internal sealed class CpuPipeline : IDisposable
{
    private static readonly Lock s_gate = new();
    private Batch? _batch;

    /// <param name="model">Path of the model file.</param>
    /// <param name="options">What the host decides; null: two threads.</param>
    /// <param name="activations">"f32" or "q8".</param>
    /// <param name="cache">A page format of cache "plain".</param>
    /// <param name="edits">More of a pipeline, as <c>--set</c> writes it.</param>
    public CpuPipeline(string model, PipelineOptions? options = null, string activations = "f32", string cache = "f32", params IEnumerable<string> edits)
    {
        string[] all =
        [
            $"model={model}", $"head.activations={activations}", $"attention.activations={activations}", $"experts.activations={activations}",
            $"cache.format={cache}", .. edits,
        ];
        lock (s_gate)
            Pipeline = Pipeline.Compose(PipelineDocument.Load(null, all), Plugins, options ?? new() { Threads = 2, LogitRows = 64, Sequences = 4 });
    }

    /// <summary>What the host would find.</summary>
    public static PluginCatalog Plugins { get; } = PluginCatalog.Discover([PluginFolder]);

    public Pipeline Pipeline { get; }

    public Engine Engine => Pipeline.Engine;

    public Batch Batch => _batch ??= Engine.NewBatch();

    /// <summary>How far results may lie apart when rows have other neighbours: not a bit, where every component says so.</summary>
    public double AcrossChunks
    {
        get
        {
            PipelineParts parts = Pipeline.Parts;
            IEnumerable<Offer> offers = parts.Layers.SelectMany(phase => phase).SelectMany(layer => new[] { layer.Attention.Offer, layer.Router?.Offer, layer.Experts.Offer })
                .OfType<Offer>().Append(parts.Head.Offer).Append(parts.Cache.Offer);
            return offers.All(offer => offer.RowInvariant) ? 0 : Distance.AcrossChunks;
        }
    }

    public int Vocabulary => Pipeline.Model.Vocabulary;

    /// <summary>Where the build put the plugins: next to the host, in the configuration of these tests.</summary>
    private static string PluginFolder => TestData.Plugins;

    public static int[] Tokens(string path) => MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path(path))).ToArray();

    public static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(TestData.Path(path))).ToArray();

    /// <summary>Adds tokens to a sequence in chunks; the logits of every row, [tokens, V].</summary>
    public float[] AllLogits(Sequence sequence, ReadOnlySpan<int> tokens, int chunk = 64)
    {
        float[] all = new float[tokens.Length * Vocabulary];
        Read(sequence, tokens, chunk, (row, logits) => logits.CopyTo(all.AsSpan(row * Vocabulary)));
        return all;
    }

    /// <summary>Adds tokens to a sequence in chunks and shows the logits of every row.</summary>
    public void Read(Sequence sequence, ReadOnlySpan<int> tokens, int chunk, Action<int, ReadOnlySpan<float>> onRow)
    {
        for (int at = 0; at < tokens.Length; at += chunk)
        {
            int rows = Math.Min(chunk, tokens.Length - at);
            Batch.Clear();
            Batch.Add(sequence, tokens.Slice(at, rows), Phase.Prefill, LogitRows.All);
            Engine.Run(Batch);
            for (int row = 0; row < rows; row++)
                onRow(at + row, Batch.Logits(0, row));
        }
    }

    /// <summary>Adds tokens and returns the last row's logits [V].</summary>
    public float[] LastLogits(Sequence sequence, ReadOnlySpan<int> tokens, int chunk = 64, Phase phase = Phase.Prefill)
    {
        for (int at = 0; at < tokens.Length; at += chunk)
        {
            Batch.Clear();
            Batch.Add(sequence, tokens.Slice(at, Math.Min(chunk, tokens.Length - at)), phase, LogitRows.Last);
            Engine.Run(Batch);
        }

        return Batch.Logits(0).ToArray();
    }

    /// <summary>Goes on greedily from logits: the tokens chosen, and the logits after each.</summary>
    public (int[] Tokens, float[] Logits) Continue(Sequence sequence, float[] logits, int count)
    {
        int[] tokens = new int[count];
        float[] after = new float[count * Vocabulary];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = logits.IndexOf(logits.Max());
            logits = LastLogits(sequence, [tokens[i]], phase: Phase.Decode);
            logits.CopyTo(after, i * Vocabulary);
        }

        return (tokens, after);
    }

    /// <summary>Reads a prompt and goes on greedily.</summary>
    public (int[] Tokens, float[] Logits) Generate(int[] prompt, int count, int chunk = 64)
    {
        using Sequence sequence = Engine.Open();
        float[] logits = LastLogits(sequence, prompt, chunk);
        (int[] tokens, float[] after) = Continue(sequence, logits, count);
        return (tokens, [.. logits, .. after]);
    }

    public void Dispose() => Pipeline.Dispose();
}
