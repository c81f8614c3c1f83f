using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Models;
using Spud.Plugins;

namespace Cache.Compressed.Tests;

/// <summary>A small model of random weights, two layers of two KV heads, whose pipeline has the compressed cache.</summary>
internal sealed class CompressedRun : IDisposable
{
    public const int Context = 256;

    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover([TestData.Plugins]);

    public CompressedRun(params string[] edits)
        : this(TestData.Path("quantised/base-f16.gguf"), edits)
    {
    }

    public CompressedRun(int sequences, params string[] edits)
        : this(TestData.Path("quantised/base-f16.gguf"), edits, sequences)
    {
    }

    public CompressedRun(string model, string[] edits, int sequences = 1) => Pipeline = Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={model}", $"context={Context}", "head.activations=f32", "attention.activations=f32", "experts.activations=f32", .. edits]),
        s_plugins, new PipelineOptions { Threads = 2, Rows = 64, LogitRows = 64, Sequences = sequences });

    public Pipeline Pipeline { get; }

    /// <summary>Edits for the compressed cache with options, as JSON without braces.</summary>
    public static string Cache(string options) => $$"""cache={"use":"compressed"{{(options.Length > 0 ? "," : "")}}{{options}}}""";

    /// <summary>Writes a pack in which steps of heads are taken in the given order, [L][window][G]; absent: of one window, 40.</summary>
    public static string WritePack(string path, float[][][] order, int[]? windows = null, string? modelHash = null, float format = 2, int? tokens = null)
    {
        windows ??= [40];
        GgufWriter pack = new();
        pack.Set(PackFile.ModelKey, modelHash ?? HashOf(TestData.Path("quantised/base-f16.gguf")));
        pack.Set("spud.heads.format", format);
        pack.Set("spud.heads.keep", 0.6f);
        pack.Set("spud.heads.windows", windows.Length);
        if (tokens is { } made)
            pack.Set("spud.heads.tokens", made);
        pack.Add("heads.recent", [.. windows.Select(static recent => (float)recent)], windows.Length);
        for (int layer = 0; layer < order.Length; layer++)
            pack.Add($"blk.{layer}.head_order", [.. order[layer].SelectMany(static heads => heads)], windows.Length, order[layer][0].Length);

        pack.Save(path);
        return path;
    }

    public static string HashOf(string model)
    {
        using GgufFile file = GgufFile.Open(model);
        return ModelHash.Of(file);
    }

    /// <summary>Reads a text of so many tokens; its logits.</summary>
    public float[] Read(Sequence sequence, int tokens, int rows = 64)
    {
        int[] text = [.. Enumerable.Range(sequence.Tokens, tokens - sequence.Tokens).Select(i => (i * 7 + i * i % 5) % Pipeline.Model.Vocabulary)];
        using Batch batch = Pipeline.Engine.NewBatch();
        List<float> logits = [];
        for (int done = 0; done < text.Length;)
        {
            int read = Pipeline.Engine.Step(batch, sequence, text.AsSpan(done, Math.Min(rows, text.Length - done)), Phase.Prefill, LogitRows.All);
            for (int row = 0; row < read; row++)
                logits.AddRange(batch.Logits(0, row));
            done += read;
        }

        return [.. logits];
    }

    public float[] Read(int tokens)
    {
        using Sequence sequence = Pipeline.Engine.Open();
        return Read(sequence, tokens);
    }

    /// <summary>Positions that a head keeps, in all pools.</summary>
    public static int[] Kept(Sequence sequence, int layer, int head) =>
        [.. sequence.KeptKeys(layer).Where(keys => keys.Head == head).SelectMany(static keys => keys.Positions).Order()];

    public void Dispose() => Pipeline.Dispose();
}
