using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Router.Hierarchical.Tests;

/// <summary>A pipeline of a mixture with the router in it, loaded as plugins are.</summary>
internal sealed class MixtureRun : IDisposable
{
    private readonly PluginCatalog _plugins;
    private readonly Pipeline _pipeline;
    private readonly Batch _batch;

    public MixtureRun(MixtureFile model, int threads, params string[] edits)
        : this(model.Path, threads, edits)
    {
    }

    public MixtureRun(string model, int threads, params string[] edits)
    {
        _plugins = PluginCatalog.Discover([TestData.Plugins]);
        PipelineDocument document = PipelineDocument.Load(null, [$"model={model}", "router.use=hierarchical", "experts.activations=f32", "attention.activations=f32", .. edits]);
        _pipeline = Pipeline.Compose(document, _plugins, new() { Threads = threads, Rows = 64, Sequences = 4, LogitRows = 64, RoutingProbe = (router, description) => Plans = new(router, description) });
        _batch = Engine.NewBatch();
    }

    /// <summary>What the router planned.</summary>
    public PlanRecorder Plans { get; private set; } = null!;

    public Engine Engine => _pipeline.Engine;

    public static int[] Text(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7 + seed * 13 + i * i % 5) % MixtureFile.Vocabulary)];

    /// <summary>Reads so many tokens a step, and returns the logits of every row.</summary>
    public float[][] Read(Sequence sequence, ReadOnlySpan<int> tokens, int chunk = 64)
    {
        List<float[]> logits = [];
        while (!tokens.IsEmpty)
        {
            int rows = Engine.Step(_batch, sequence, tokens[..Math.Min(chunk, tokens.Length)], chunk == 1 ? Phase.Decode : Phase.Prefill, LogitRows.All);
            for (int row = 0; row < rows; row++)
                logits.Add(_batch.Logits(0, row).ToArray());
            tokens = tokens[rows..];
        }

        return [.. logits];
    }

    /// <summary>The logits of a text that is read alone.</summary>
    public float[][] Fresh(ReadOnlySpan<int> tokens, int chunk = 64)
    {
        using Sequence sequence = Engine.Open();
        return Read(sequence, tokens, chunk);
    }

    /// <summary>One step of several texts, of which so many rows each are kept; the logits of each text's last row.</summary>
    public float[][] Step((Sequence Sequence, int[] Tokens)[] texts, Func<int, int>? keep = null)
    {
        _batch.Clear();
        foreach ((Sequence sequence, int[] tokens) in texts)
            _batch.Add(sequence, tokens, tokens.Length == 1 ? Phase.Decode : Phase.Prefill, LogitRows.Last);
        Engine.Run(_batch, keep);
        return [.. texts.Select((_, i) => _batch.Logits(i, 0).ToArray())];
    }

    public void Dispose()
    {
        _batch.Dispose();
        _pipeline.Dispose();
        _plugins.Dispose();
    }
}
