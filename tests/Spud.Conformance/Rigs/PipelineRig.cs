using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Conformance.Rigs;

/// <summary>A pipeline with an engine; the reference plugin fills the roles that are not tested.</summary>
internal sealed class PipelineRig : IDisposable
{
    private readonly Pipeline _pipeline;
    private readonly Batch _batch;

    /// <param name="plugins">The plugin that is tested, and the reference plugin.</param>
    /// <param name="edits">The components of roles.</param>
    /// <param name="model">A model file.</param>
    /// <param name="tap">Called with the layer before each call of a router.</param>
    /// <param name="rows">Maximum rows of a step.</param>
    public PipelineRig(PluginCatalog plugins, IEnumerable<string> edits, TestModelFile model, Action<int>? tap = null, int rows = 64)
    {
        PipelineDocument document = PipelineDocument.Load(null, [$"model={model.Path}", .. edits]);
        _pipeline = Pipeline.Compose(document, plugins, new PipelineOptions
        {
            Threads = 2,
            Rows = rows,
            Sequences = 4,
            LogitRows = rows,
            RoutingProbe = tap is null ? null : (router, _) => new TappedRouter(router, tap),
        });
        _batch = Engine.NewBatch();
    }

    public Engine Engine => _pipeline.Engine;

    public Pipeline Pipeline => _pipeline;

    /// <summary>Tokens of a text, a pattern below V.</summary>
    public static int[] Text(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7 + seed * 13 + i * i % 5) % TestModelFile.Vocabulary)];

    /// <summary>The component in a pipeline. If the runtime refuses the composition, the test is skipped with the runtime's reason.</summary>
    public static PipelineRig Of(PluginUnderTest plugin, Subject subject, TestModelFile model, Action<int>? tap = null)
    {
        try
        {
            return new(plugin.Catalog, TestPipeline.Edits(subject, model), model, tap);
        }
        catch (CompositionException refusal) when (refusal.Message.Contains("host memory only"))
        {
            Assert.Skip(refusal.Message);
            throw;
        }
    }

    /// <summary>Reads so many tokens a step, and returns the logits of every row: [tokens, V].</summary>
    public float[] Read(Sequence sequence, int[] tokens, int chunk = 64, Phase phase = Phase.Prefill)
    {
        List<float> logits = [];
        foreach (int[] part in tokens.Chunk(chunk))
        {
            for (ReadOnlySpan<int> rest = part; !rest.IsEmpty;)
            {
                int rows = Engine.Step(_batch, sequence, rest, phase, LogitRows.All);
                for (int row = 0; row < rows; row++)
                    logits.AddRange(_batch.Logits(0, row));
                rest = rest[rows..];
            }
        }

        return [.. logits];
    }

    /// <summary>One step of which the first rows are kept; their logits.</summary>
    public float[] ReadInPart(Sequence sequence, int[] tokens, int kept)
    {
        _batch.Clear();
        _batch.Add(sequence, tokens, Phase.Decode, LogitRows.All);
        Engine.Run(_batch, _ => kept);
        return [.. Enumerable.Range(0, kept).SelectMany(row => _batch.Logits(0, row).ToArray())];
    }

    /// <summary>Positions that each head of each pool keeps of a layer, one line for each.</summary>
    public static IEnumerable<string> KeptOf(Sequence sequence, int layer) =>
        sequence.KeptKeys(layer).Select(kept => $"layer {layer}, pool {kept.Pool}, KV head {kept.Head}: {string.Join(' ', kept.Positions)}");

    /// <summary>One step of several sequences, each up to its next review border; the logits of every row, by sequence.</summary>
    public float[][] Step(params (Sequence Sequence, int[] Tokens)[] parts)
    {
        _batch.Clear();
        int[] rows = [.. parts.Select(part => _batch.Fill(part.Sequence, part.Tokens, part.Tokens.Length == 1 ? Phase.Decode : Phase.Prefill, LogitRows.All))];
        Engine.Run(_batch);
        return [.. rows.Select((count, i) => Enumerable.Range(0, count).SelectMany(row => _batch.Logits(i, row).ToArray()).ToArray())];
    }

    /// <summary>One token, as in decoding; allocates nothing itself.</summary>
    public void Decode(Sequence sequence, ReadOnlySpan<int> token)
    {
        Engine.Step(_batch, sequence, token, Phase.Decode, LogitRows.Last);
    }

    /// <summary>A text by itself: the logits of every row.</summary>
    public float[] Fresh(int[] tokens)
    {
        using Sequence sequence = Engine.Open();
        return Read(sequence, tokens);
    }

    /// <inheritdoc/>
    public void Dispose() => _pipeline.Dispose();

    private sealed class TappedRouter(IRouter router, Action<int> tap) : IRouter
    {
        public IMemoryDomain Domain => router.Domain;

        public int MaxExpertsPerRow => router.MaxExpertsPerRow;

        public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
        {
            tap(layer);
            router.Route(layer, step, hidden, plan);
        }

        // The pipeline disposes the router itself.
        public void Dispose()
        {
        }
    }
}
