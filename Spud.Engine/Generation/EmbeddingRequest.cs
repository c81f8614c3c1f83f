using Spud.Embeddings;
using Spud.Execution;

namespace Spud.Generation;

/// <summary>A text that is embedded between the steps of requests, on the loop's thread.</summary>
/// <param name="reading">Reads it.</param>
/// <param name="cancellation">Cancels it.</param>
internal sealed class EmbeddingRequest(TextReading reading, CancellationToken cancellation)
{
    /// <summary>Maximum part of the text that requests wait for between two of their steps.</summary>
    private const int SharedRows = 64;

    private readonly TaskCompletionSource<TextEmbedding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopped;

    /// <summary>The engine that reads it.</summary>
    public Engine Engine => reading.Engine;

    /// <summary>The embedding.</summary>
    public Task<TextEmbedding> Result => _ended.Task;

    /// <summary>Ends it at its next part.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Reads a part.</summary>
    /// <param name="sharesEngine">Whether requests use the same engine: then it takes small parts, and waits for sequences and pages.</param>
    /// <returns>Whether it has ended.</returns>
    public bool Advance(bool sharesEngine)
    {
        using SingleUser.Turn turn = Engine.WaitForTurn();
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (_stopped)
                throw new OperationCanceledException("The model is being disposed.");
            if (sharesEngine && !reading.HasBegun && !Engine.HasFreeSequence)
                return false;
            if (reading.Advance(sharesEngine ? SharedRows : int.MaxValue) is not { } embedding)
                return false;

            reading.Dispose();
            _ended.SetResult(embedding);
        }
        catch (PagePoolFullException) when (sharesEngine)
        {
            // Not in the way of requests, which need them to go on.
            reading.Dispose();
            return false;
        }
        catch (OperationCanceledException)
        {
            reading.Dispose();
            _ended.SetCanceled(cancellation.IsCancellationRequested ? cancellation : new CancellationToken(canceled: true));
        }
        catch (Exception fault)
        {
            reading.Dispose();
            _ended.SetException(fault);
        }

        return true;
    }
}
