using System.Collections.Concurrent;
using System.Diagnostics;
using Spud.Execution;

namespace Spud.Generation;

/// <summary>
/// The requests of one engine. A step admits those for which there is room, and computes one token of each decoding request and a part of the prompts,
/// as far as the step's rows allow. Everything except submission runs on the loop's thread.
/// </summary>
internal sealed partial class RequestQueue(Engine engine)
{
    private readonly ConcurrentDictionary<Request, bool> _open = new();
    private readonly ConcurrentQueue<Request> _submitted = new();
    private readonly List<Request> _requests = [], _prefilling = [], _decoding = [], _ended = [];
    private readonly RequestStep _step = new(engine);
    private readonly PrefillLimit _limit = new(engine.Parts.Limits.Rows, engine.Parts.TokenGap);
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
        {
            request.Arrival = ++_arrivals;
            _requests.Add(request);
        }

        using (engine.WaitForTurn())
        {
            long start = BeginStep();
            try
            {
                Advance();
            }
            catch (Exception fault)
            {
                // A fault of no request in particular: the device is lost, or there is no memory for a batch.
                foreach (Request request in _requests)
                    End(request, FinishReason.Failed, fault);
            }

            EndStep(start);
            if (Running == 0)
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

    private int Running => _prefilling.Count + _decoding.Count;

    private void Advance()
    {
        Sweep();
        Admit();
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
            _step.Fill(_decoding, _prefilling, _phase, _limit.Rows);
        }
        while (_step.Requests.Count > 0 && !TryRun(ref full));

        EndOneIfStalled(full);
    }

    // In a pipeline that splits phases a step has only one, and they alternate.
    private void ChoosePhase()
    {
        bool prefills = HasWorkIn(Phase.Prefill), decodes = HasWorkIn(Phase.Decode);
        if (prefills && decodes)
            _phase = _phase == Phase.Decode ? Phase.Prefill : Phase.Decode;
        else
            _phase = prefills ? Phase.Prefill : Phase.Decode;
    }

    private bool HasWorkIn(Phase phase)
    {
        foreach (Request request in _prefilling)
        {
            if (request.NextPhase == phase)
                return true;
        }

        return phase == Phase.Decode && _decoding.Count > 0;
    }

    /// <summary>Runs the step; false if one of its requests exceeded a limit, and the others should continue without it.</summary>
    private bool TryRun(ref PagePoolFullException? full)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            engine.Run(_step.Batch);
        }
        catch (PagePoolFullException refusal)
        {
            full = refusal;
            if (!ReleaseLatest())
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

        _rows += _step.Batch.Rows;
        _limit.Observe(_step.Batch.Rows, Stopwatch.GetElapsedTime(start));
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

        int generated = request.GeneratedTokens;
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

        _generated += request.GeneratedTokens - generated;
        if (request.Finish != FinishReason.None)
            End(request, request.Finish);
        else if (request.State == RequestState.Decoding && _prefilling.Remove(request))
            _decoding.Add(request);
    }

    private void End(Request request, FinishReason reason, Exception? fault = null)
    {
        // Ended requests leave the list of all when it is swept next.
        if (request.State == RequestState.Finished)
            return;

        _ = _prefilling.Remove(request) || _decoding.Remove(request);
        request.End(reason, fault);
        _ended.Add(request);
    }
}
