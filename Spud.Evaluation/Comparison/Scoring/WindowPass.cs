using System.Diagnostics;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Evaluation.Comparison;

/// <summary>One pipeline's pass over the windows of a text, each read from an empty context.</summary>
internal sealed class WindowPass(ComparedPipeline pipeline) : IDisposable
{
    private readonly Engine _engine = pipeline.Model.Engine;
    private Sequence? _sequence;

    /// <summary>Its rows and logits.</summary>
    public Batch Batch { get; } = pipeline.Model.Engine.NewBatch();

    /// <summary>Time in forward passes.</summary>
    public TimeSpan Forward { get; private set; }

    /// <summary>Starts a window.</summary>
    public void Begin(CancellationToken cancellation)
    {
        End();
        _sequence = _engine.Open();
        _sequence.Cancellation = cancellation;
    }

    /// <summary>Reads rows without their logits, up to a position.</summary>
    public void Skip(ReadOnlySpan<int> window, int to)
    {
        while (_sequence!.Tokens < to)
            Step(window[_sequence.Tokens..to], LogitRows.None, Phase.Prefill);
    }

    /// <summary>Rows that <see cref="Score"/> can read in one step.</summary>
    public int RowsToScore => _engine.ScoringPhase == Phase.Decode ? 1 : _sequence!.RowsToReview;

    /// <summary>Reads the next rows, in one step; their logits are in <see cref="Batch"/>.</summary>
    public void Score(ReadOnlySpan<int> window, int rows) => Step(window.Slice(_sequence!.Tokens, rows), LogitRows.All, _engine.ScoringPhase);

    /// <summary>Cost of the window.</summary>
    public Ledger Ledger => _sequence!.Ledger;

    /// <summary>Releases the window's pages.</summary>
    public void End()
    {
        _sequence?.Dispose();
        _sequence = null;
    }

    public void Dispose()
    {
        End();
        Batch.Dispose();
    }

    private void Step(ReadOnlySpan<int> tokens, LogitRows logits, Phase phase)
    {
        long start = Stopwatch.GetTimestamp();
        _engine.Step(Batch, _sequence!, tokens, phase, logits);
        Forward += Stopwatch.GetElapsedTime(start);
        _sequence!.Cancellation.ThrowIfCancellationRequested();
    }
}
