using System.Diagnostics;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Host;

/// <summary>Workload of the measurement, in tokens.</summary>
internal readonly record struct BenchShape
{
    public required int Prompt { get; init; }

    public required int Generate { get; init; }

    public required int Depth { get; init; }

    /// <summary>Sequences decoded together.</summary>
    public required int Batch { get; init; }

    /// <summary>Texts that sequences read and continue, in turn; empty for random tokens.</summary>
    public required IReadOnlyList<int[]> Texts { get; init; }

    /// <summary>Maximum length of the resulting texts.</summary>
    public int ContextTokens => Math.Max(Prompt, (int)Math.Min(int.MaxValue, (long)Depth + Generate));
}

/// <summary>Measures prefill and decode of a model, with the same tokens every time; those of prefill are random.</summary>
internal sealed class Bench
{
    private readonly LanguageModel _model;
    private readonly BenchShape _shape;
    private readonly CancellationToken _cancellation;
    private readonly Batch _batch;
    private readonly int[] _tokens;

    public Bench(LanguageModel model, BenchShape shape, CancellationToken cancellation)
    {
        (_model, _shape, _cancellation) = (model, shape, cancellation);
        _batch = model.Engine.NewBatch();
        Random random = new(1);
        _tokens = [.. Enumerable.Range(0, shape.ContextTokens).Select(_ => random.Next(model.Pipeline.Model.Vocabulary))];
    }

    /// <summary>Runs one measurement.</summary>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    public BenchResult Measure(int repeat, int threads)
    {
        double prefill = Prefill(), decode = Decode(out Ledger[] ledgers);
        bool isMixture = ledgers[0].IsMixture;
        return new(Math.Round(prefill, 2), Math.Round(decode, 2), repeat, _shape.Prompt, _shape.Generate, _shape.Depth, _shape.Batch, threads)
        {
            ComputeUnitsPerToken = ledgers.Sum(static ledger => ledger[Phase.Decode].Total.ComputeUnits) / ((long)_shape.Generate * _shape.Batch),
            ExpertBytesPerStep = isMixture ? ledgers.Sum(static ledger => ledger[Phase.Decode].Of(Roles.Experts).WeightBytesRead) / _shape.Generate : null,
            ExpertBytesPerRequest = isMixture ? ledgers.Sum(static ledger => ledger.ExpertBytesTouched) / ledgers.Length : null,
        };
    }

    private double Prefill()
    {
        using Sequence sequence = Open();
        long start = Stopwatch.GetTimestamp();
        Read(sequence, _tokens.AsSpan(0, _shape.Prompt), LogitRows.Last);
        return Figures.Rate(_shape.Prompt, Stopwatch.GetElapsedTime(start));
    }

    private double Decode(out Ledger[] ledgers)
    {
        List<Sequence> sequences = [];
        try
        {
            for (int i = 0; i < _shape.Batch; i++)
            {
                sequences.Add(Open());
                if (_shape.Depth > 0)
                    Read(sequences[i], TextOf(i)[.._shape.Depth], LogitRows.None);
            }

            long start = Stopwatch.GetTimestamp();
            for (int step = 0; step < _shape.Generate; step++)
                Step(sequences, step);

            double rate = Figures.Rate((long)_shape.Generate * _shape.Batch, Stopwatch.GetElapsedTime(start));
            ledgers = [.. sequences.Select(static sequence => sequence.Ledger)];
            return rate;
        }
        finally
        {
            sequences.ForEach(sequence => sequence.Dispose());
        }
    }

    private void Step(List<Sequence> sequences, int step)
    {
        _batch.Clear();
        for (int i = 0; i < sequences.Count; i++)
            _batch.Add(sequences[i], [_shape.Texts.Count > 0 ? TextOf(i)[_shape.Depth + step] : _tokens[(step + i) % _tokens.Length]], Phase.Decode, LogitRows.Last);

        _model.Engine.Run(_batch);
        _cancellation.ThrowIfCancellationRequested();
    }

    // Sequences that share a text read different parts of it, as far as its length allows.
    private ReadOnlySpan<int> TextOf(int sequence)
    {
        if (_shape.Texts.Count == 0)
            return _tokens;

        int[] text = _shape.Texts[sequence % _shape.Texts.Count];
        int length = _shape.Depth + _shape.Generate, parts = text.Length / length;
        return text.AsSpan(sequence / _shape.Texts.Count % parts * length, length);
    }

    private void Read(Sequence sequence, ReadOnlySpan<int> tokens, LogitRows last)
    {
        while (!tokens.IsEmpty)
        {
            tokens = tokens[_model.Engine.Step(_batch, sequence, tokens, Phase.Prefill, last)..];
            _cancellation.ThrowIfCancellationRequested();
        }
    }

    private Sequence Open()
    {
        Sequence sequence = _model.Engine.Open();
        sequence.Cancellation = _cancellation;
        return sequence;
    }
}
