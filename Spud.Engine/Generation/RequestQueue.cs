using System.Collections.Concurrent;
using Spud.Execution;

namespace Spud.Generation;

/// <summary>
/// The requests of one engine. A step admits those for which there is room, in order of arrival, and computes one token of each
/// decoding request and a part of the prompts, as far as the step's rows allow. Everything except submission runs on the loop's thread.
/// </summary>
internal sealed class RequestQueue(Engine engine)
{
    private readonly ConcurrentDictionary<Request, bool> _open = new();
    private readonly ConcurrentQueue<Request> _submitted = new();
    private readonly List<Request> _waiting = [], _prefilling = [], _decoding = [], _ended = [];
    private readonly RequestStep _step = new(engine);
    private Phase _phase;
    private int _stalled;

    public Engine Engine => engine;

    /// <summary>Whether any request has not ended.</summary>
    public bool HasWork => !_open.IsEmpty;

    /// <summary>FLOPs of all its requests; see <see cref="StepLoop"/>.</summary>
    public long Spent { get; set; }

    public void Submit(Request request)
    {
        _open[request] = true;
        _submitted.Enqueue(request);
    }

    public void CancelAll()
    {
        foreach (Request request in _open.Keys)
            request.Cancel();
    }

    /// <summary>Computes one step.</summary>
    public void Step()
    {
        while (_submitted.TryDequeue(out Request? request))
            _waiting.Add(request);

        using (engine.WaitForTurn())
        {
            try
            {
                Advance();
            }
            catch (Exception fault)
            {
                // A fault of no request in particular: the device is lost, or there is no memory for a batch.
                foreach (Request request in (Request[])[.. _waiting, .. _prefilling, .. _decoding])
                    End(request, FinishReason.Failed, fault);
            }

            if (_prefilling.Count + _decoding.Count == 0)
                _step.Release();
        }

        // A reader that sees the end may use the engine immediately.
        foreach (Request request in _ended)
        {
            _open.TryRemove(request, out _);
            request.Complete();
        }

        _ended.Clear();
    }

    private void Advance()
    {
        Admit();
        EndCancelled(_prefilling);
        EndCancelled(_decoding);
        for (int i = _decoding.Count - 1; i >= 0; i--)
        {
            if (!_decoding[i].Prepare())
                End(_decoding[i], FinishReason.Budget);
        }

        ChoosePhase();
        PagePoolFullException? full = null;
        _step.Begin();
        do
        {
            _step.Fill(_decoding, _prefilling, _phase);
        }
        while (_step.Requests.Count > 0 && !TryRun(ref full));

        EndOneIfStalled(full);
    }

    // In a pipeline that splits phases a step has only one, and they alternate.
    private void ChoosePhase()
    {
        if (_prefilling.Count > 0 && _decoding.Count > 0)
            _phase = _phase == Phase.Decode ? Phase.Prefill : Phase.Decode;
        else
            _phase = _prefilling.Count > 0 ? Phase.Prefill : Phase.Decode;
    }

    /// <summary>A request without enough pages waits for others to free some; if none of them can continue, the latest ends.</summary>
    private void EndOneIfStalled(PagePoolFullException? full)
    {
        _stalled = _step.Requests.Count > 0 || full is null ? 0 : _stalled + 1;
        if (_stalled < (engine.SplitsPhases && _prefilling.Count > 0 && _decoding.Count > 0 ? 2 : 1))
            return;

        _stalled = 0;
        End(_prefilling.Count > 0 ? _prefilling[^1] : _decoding[^1], FinishReason.Failed, full);
    }

    private void Admit()
    {
        EndCancelled(_waiting);
        while (_waiting.Count > 0 && HasRoomFor(_waiting[0]))
        {
            Request request = _waiting[0];
            try
            {
                request.Admit(request.Sequence ?? engine.Open());
                _waiting.RemoveAt(0);
                _prefilling.Add(request);
            }
            catch (BudgetExceededException refusal)
            {
                End(request, FinishReason.Refused, refusal);
            }
            catch (Exception fault)
            {
                End(request, FinishReason.Failed, fault);
            }
        }
    }

    /// <summary>A request that is alone is always admitted, and fails later if there is not enough room.</summary>
    private bool HasRoomFor(Request request)
    {
        if (_prefilling.Count + _decoding.Count == 0)
            return true;
        if (request.Sequence is { } sequence ? IsUsed(sequence) : !engine.HasFreeSequence)
            return false;

        // An admitted request has enough pages to its end, unless sequences outside the queue take them.
        return engine.HasPagesFor([.. _prefilling.Concat(_decoding).Append(request).Select(static of => of.TokensLeft)]);

        bool IsUsed(Sequence sequence) => _prefilling.Concat(_decoding).Any(other => other.Sequence == sequence);
    }

    /// <summary>Runs the step; false if one of its requests exceeded a limit, and the others should continue without it.</summary>
    private bool TryRun(ref PagePoolFullException? full)
    {
        try
        {
            engine.Run(_step.Batch);
        }
        catch (PagePoolFullException refusal)
        {
            full = refusal;
            _step.LeaveOut(_step.RequestOf(refusal.Sequence));
            return false;
        }
        catch (BudgetExceededException refusal)
        {
            // If the price list charges for time: keys and values were kept for longer in its first steps than the budget allowed for.
            Request request = _step.RequestOf(refusal.Sequence);
            End(request, request.Ledger!.Tokens > 0 ? FinishReason.Budget : FinishReason.Refused, request.Ledger.Tokens > 0 ? null : refusal);
            return false;
        }
        catch (OperationCanceledException) when (_step.Requests.All(static request => request.IsCancelled))
        {
            // Each of them is ended below.
        }
        catch (ComponentException fault) when (_step.Requests is [{ Sequence.Fault: { } own }] && own == fault)
        {
            // Likewise.
        }

        for (int i = 0; i < _step.Requests.Count; i++)
            Take(_step.Requests[i], i);

        return true;
    }

    private void Take(Request request, int entry)
    {
        ref readonly BatchEntry rows = ref _step.Batch.Entries[entry];
        if (rows.Sequence.Fault is { } fault)
        {
            End(request, FinishReason.Failed, fault);
            return;
        }

        // A request cancelled during the step was not committed.
        if (rows.Sequence.Tokens == rows.FirstPosition)
        {
            End(request, FinishReason.Cancelled);
            return;
        }

        try
        {
            Spent += request.Take(_step.Batch, entry);
        }
        catch (Exception unusable)
        {
            // No token can be chosen from these logits.
            End(request, FinishReason.Failed, unusable);
            return;
        }

        if (request.Finish != FinishReason.None)
            End(request, request.Finish);
        else if (request.State == RequestState.Decoding && _prefilling.Remove(request))
            _decoding.Add(request);
    }

    private void EndCancelled(List<Request> requests)
    {
        for (int i = requests.Count - 1; i >= 0; i--)
        {
            if (requests[i].IsCancelled)
                End(requests[i], FinishReason.Cancelled);
        }
    }

    private void End(Request request, FinishReason reason, Exception? fault = null)
    {
        _ = _waiting.Remove(request) || _prefilling.Remove(request) || _decoding.Remove(request);
        request.End(reason, fault);
        _ended.Add(request);
    }
}
