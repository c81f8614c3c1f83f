using System.Collections.Concurrent;
using Spud.Execution;

namespace Spud.Generation;

/// <summary>
/// The requests of one engine. A step admits those that there is room for, in the order in which they came, and computes one token of each
/// that decodes and a part of the prompts, as far as the step's rows go. All but the submission happens on the loop's thread.
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
                // Of no request in particular: the device is lost, or there is no memory for a batch.
                foreach (Request request in (Request[])[.. _waiting, .. _prefilling, .. _decoding])
                    End(request, FinishReason.Failed, fault);
            }

            if (_prefilling.Count + _decoding.Count == 0)
                _step.Release();
        }

        // A reader that sees the end may use the engine at once.
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

    // Of a pipeline that splits phases a step has one of them, and they alternate.
    private void ChoosePhase()
    {
        if (_prefilling.Count > 0 && _decoding.Count > 0)
            _phase = _phase == Phase.Decode ? Phase.Prefill : Phase.Decode;
        else
            _phase = _prefilling.Count > 0 ? Phase.Prefill : Phase.Decode;
    }

    /// <summary>A request that finds no pages waits for others to give some back; when none of them can go on, the latest ends.</summary>
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

    /// <summary>Alone it is admitted in any case, and told if that is not enough.</summary>
    private bool HasRoomFor(Request request)
    {
        if (_prefilling.Count + _decoding.Count == 0)
            return true;
        if (request.Sequence is { } sequence ? IsUsed(sequence) : !engine.HasFreeSequence)
            return false;

        // One that is admitted finds pages to its end, unless sequences outside of the queue take them.
        return engine.HasPagesFor([.. _prefilling.Concat(_decoding).Append(request).Select(static of => of.TokensLeft)]);

        bool IsUsed(Sequence sequence) => _prefilling.Concat(_decoding).Any(other => other.Sequence == sequence);
    }

    /// <summary>Runs the step; false: one of its requests was too much, and the others are to go on without it.</summary>
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
            // By a price list with time in it: what its first steps kept took longer than was left for.
            Request request = _step.RequestOf(refusal.Sequence);
            End(request, request.Ledger!.Tokens > 0 ? FinishReason.Budget : FinishReason.Refused, request.Ledger.Tokens > 0 ? null : refusal);
            return false;
        }
        catch (OperationCanceledException) when (_step.Requests.All(static request => request.IsCancelled))
        {
            // Each of them ends below.
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

        // One that was cancelled while the step ran was not committed.
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
            // Such logits that no token can be chosen from them.
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
