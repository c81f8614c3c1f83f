using System.Diagnostics;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Evaluation.Comparison;

/// <summary>One pipeline's way through the windows of a text: each is read from an empty context.</summary>
internal sealed class WindowPass(ComparedPipeline pipeline) : IDisposable
{
    private readonly Engine _engine = pipeline.Model.Engine;
    private Sequence? _sequence;
    private int _read;

    /// <summary>Its rows and logits.</summary>
    public Batch Batch { get; } = pipeline.Model.Batch;

    /// <summary>Time in forward passes.</summary>
    public TimeSpan Forward { get; private set; }

    /// <summary>Starts a window.</summary>
    public void Begin(CancellationToken cancellation)
    {
        End();
        _sequence = _engine.Open();
        _sequence.Cancellation = cancellation;
        _read = 0;
    }

    /// <summary>Reads rows whose logits nobody wants, up to a position.</summary>
    public void Skip(ReadOnlySpan<int> window, int to)
    {
        while (_read < to)
            Run(window.Slice(_read, Math.Min(to - _read, Batch.MaxRows)), LogitRows.None);
    }

    /// <summary>Reads the next rows; their logits are in <see cref="Batch"/>.</summary>
    public void Score(ReadOnlySpan<int> window, int rows) => Run(window.Slice(_read, rows), LogitRows.All);

    /// <summary>What the window took.</summary>
    public Ledger Ledger => _sequence!.Ledger;

    /// <summary>Gives the window's pages back.</summary>
    public void End()
    {
        _sequence?.Dispose();
        _sequence = null;
    }

    public void Dispose() => End();

    private void Run(ReadOnlySpan<int> tokens, LogitRows logits)
    {
        Batch.Clear();
        Batch.Add(_sequence!, tokens, Phase.Prefill, logits);
        long start = Stopwatch.GetTimestamp();
        _engine.Run(Batch);
        Forward += Stopwatch.GetElapsedTime(start);
        _sequence!.Cancellation.ThrowIfCancellationRequested();
        _read += tokens.Length;
    }
}
