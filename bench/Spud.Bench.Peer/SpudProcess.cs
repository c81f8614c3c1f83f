using System.Diagnostics;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Bench.Peer;

/// <summary>Spud in this process: the same steps through the engine, without sampling, as the peer does them.</summary>
internal sealed class SpudProcess : IDisposable
{
    private readonly Pipeline _pipeline;
    private readonly Batch _batch;
    private Sequence? _deep;

    public SpudProcess(PluginCatalog plugins, string model, int threads, int contextTokens, int sequences)
    {
        PipelineDocument document = PipelineDocument.Load(null, [$"model={model}", $"context={contextTokens}"]);
        _pipeline = Pipeline.Compose(document, plugins, new PipelineOptions { Threads = threads, Sequences = sequences + 1 });
        _batch = _pipeline.Engine.NewBatch();
    }

    /// <summary>Tokens per second.</summary>
    public double Measure(Work work)
    {
        Random random = new(1);
        int[] tokens = new int[work.ContextTokens];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = random.Next(_pipeline.Model.Vocabulary);

        return work.IsPrefill ? Prefill(tokens) : Decode(work, tokens);
    }

    public void Dispose()
    {
        _deep?.Dispose();
        _pipeline.Dispose();
    }

    private double Prefill(ReadOnlySpan<int> tokens)
    {
        using Sequence sequence = _pipeline.Engine.Open();
        long start = Stopwatch.GetTimestamp();
        Read(sequence, tokens);
        return tokens.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private double Decode(Work work, int[] tokens)
    {
        Sequence[] sequences = new Sequence[work.Batch];
        for (int i = 0; i < sequences.Length; i++)
            sequences[i] = work.Depth > 0 ? Deep(tokens.AsSpan(0, work.Depth)).Fork() : _pipeline.Engine.Open();

        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < work.Generate; step++)
        {
            _batch.Clear();
            for (int i = 0; i < sequences.Length; i++)
                _batch.Add(sequences[i], [(tokens[step] + i) % _pipeline.Model.Vocabulary], Phase.Decode, LogitRows.Last);

            _pipeline.Engine.Run(_batch);
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (Sequence sequence in sequences)
            sequence.Dispose();

        return work.Generate * work.Batch / elapsed;
    }

    /// <summary>A sequence that has read these tokens: they are read once and kept for the next work of the same depth.</summary>
    private Sequence Deep(ReadOnlySpan<int> tokens)
    {
        if (_deep?.Tokens != tokens.Length)
        {
            _deep?.Dispose();
            _deep = _pipeline.Engine.Open();
            Read(_deep, tokens);
        }

        return _deep;
    }

    private void Read(Sequence sequence, ReadOnlySpan<int> tokens)
    {
        while (!tokens.IsEmpty)
            tokens = tokens[_pipeline.Engine.Step(_batch, sequence, tokens, Phase.Prefill, LogitRows.Last)..];
    }
}
