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
    private readonly RequestSignal _signal = new();
    private readonly JobTable _jobs = new(engine);
    private readonly List<Request> _running = [], _runners = [], _ended = [];
    private readonly RequestStep _step = new(engine);
    private readonly PrefillLimit _limit = new(engine.Parts.Limits.Rows, engine.Parts.TokenGap);
    private Func<int, int>? _verify;
    private Phase _phase;
    private int _stalled, _live;
    private TimeSpan _nextDeadline = TimeSpan.MaxValue;

    public Engine Engine => engine;

    /// <summary>Whether any request has not ended.</summary>
    public bool HasWork => !_open.IsEmpty;

    /// <summary>FLOPs of all its requests; see <see cref="StepLoop"/>.</summary>
    public long Spent { get; set; }

    /// <summary>When the scheduler is asked again, in <see cref="Environment.TickCount64"/>, if it let all requests wait.</summary>
    public long RestsUntil { get; set; }

    public void Submit(Request request)
    {
        RestsUntil = 0;
        request.Signal = _signal;
        _open[request] = true;
        _submitted.Enqueue(request);
    }

    public void CancelAll()
    {
        foreach (Request request in _open.Keys)
            request.Cancel();
    }

    /// <summary>Computes one step; false if there was nothing to do, because the scheduler lets all wait.</summary>
    public bool Step()
    {
        bool hasComputed;
        using (engine.WaitForTurn())
        {
            // A scheduler may hang at every call, so all of them belong to the step.
            long start = BeginStep();
            _step.Begin();
            try
            {
                AddSubmitted();
                Advance();
            }
            catch (Exception fault)
            {
                // A fault of no request in particular: the device is lost, or there is no memory for a batch.
                foreach (Request request in _jobs.Requests)
                    End(request, FinishReason.Failed, fault);
            }

            hasComputed = _step.Requests.Count > 0;
            if (_live == 0)
                Schedule();
            EndStep(start);
            if (_running.Count == 0)
                _step.Release();
        }

        // A reader that sees the end may use the engine immediately.
        foreach (Request request in _ended)
        {
            _open.TryRemove(request, out _);
            request.Complete();
        }

        hasComputed |= _ended.Count > 0;
        _ended.Clear();
        return hasComputed;
    }

    private void AddSubmitted()
    {
        while (_submitted.TryDequeue(out Request? request))
        {
            _jobs.Add(request);
            _nextDeadline = request.Deadline < _nextDeadline ? request.Deadline : _nextDeadline;
            _live++;
            if (request.IsCancelled)
                _signal.Set();
        }
    }

    private bool HasBothPhases => engine.SplitsPhases && HasRunnerIn(Phase.Prefill) && HasRunnerIn(Phase.Decode);

    private void Advance()
    {
        long start = Stopwatch.GetTimestamp();
        if (_signal.Take())
            LookAtAll();
        if (_jobs.Now >= _nextDeadline)
            EndExpired();

        Schedule();
        _schedulingTicks += Stopwatch.GetTimestamp() - start;
        for (int i = _runners.Count - 1; i >= 0; i--)
        {
            if (_runners[i].State == RequestState.Decoding && !_runners[i].Prepare())
                End(_runners[i], FinishReason.Budget);
        }

        ChoosePhase();
        PagePoolFullException? full = null;
        do
        {
            _step.Fill(_runners, _phase);
        }
        while (_step.Requests.Count > 0 && !TryRun(ref full));

        EndOneIfStalled(full);
    }

    private void LookAtAll()
    {
        foreach (Request request in _jobs.Requests)
        {
            if (request.IsCancelled)
                End(request, FinishReason.Cancelled);
            else if (request.TakeRaisedBid())
                _jobs.Touch(request);
        }
    }

    /// <summary>Ends the requests whose deadlines have passed, whether they wait or run: nobody wants their results any more.</summary>
    private void EndExpired()
    {
        TimeSpan now = _jobs.Now;
        _nextDeadline = TimeSpan.MaxValue;
        foreach (Request request in _jobs.Requests)
        {
            if (request.Deadline <= now)
                End(request, FinishReason.Expired);
            else if (request.Deadline < _nextDeadline)
                _nextDeadline = request.Deadline;
        }
    }

    private void Schedule()
    {
        int decoding = 0;
        foreach (Request request in _running)
            decoding += request.State == RequestState.Decoding ? 1 : 0;

        int rows = engine.Parts.Limits.Rows;
        Apply(_jobs.Decide(_running, decoding == 0 ? rows : Math.Min(rows, Math.Max(decoding + PrefillLimit.MinRows, _limit.Rows)), Stopwatch.GetElapsedTime(0, _stepTicks)));
        _jobs.Sweep();
    }

    // In a pipeline that splits phases a step has only one, and they alternate.
    private void ChoosePhase()
    {
        if (HasBothPhases)
            _phase = _phase == Phase.Decode ? Phase.Prefill : Phase.Decode;
        else
            _phase = HasRunnerIn(Phase.Prefill) ? Phase.Prefill : Phase.Decode;
    }

    private bool HasRunnerIn(Phase phase)
    {
        foreach (Request request in _runners)
        {
            if (request.NextPhase == phase)
                return true;
        }

        return false;
    }

    /// <summary>Runs the step; false if one of its requests exceeded a limit, and the others should continue without it.</summary>
    private bool TryRun(ref PagePoolFullException? full)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            engine.Run(_step.Batch, _step.HasDrafts ? _verify ??= Verify : null);
        }
        catch (PagePoolFullException refusal)
        {
            full = refusal;
            if (!_step.LeaveOutDrafts() && !ReleaseLast())
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
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        _limit.Observe(_step.Batch.Rows, time);
        _step.Observe(time);
        return true;
    }

    private int Verify(int entry) => _step.Requests[entry].Verify(_step.Batch, entry);

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
            Spent += request.Take(_step.Batch, entry, _jobs.DecisionOf(request).PricePerCu);
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
    }

    private void End(Request request, FinishReason reason, Exception? fault = null)
    {
        // It leaves the table when the scheduler has seen that it ended.
        if (request.State == RequestState.Finished)
            return;

        _running.Remove(request);
        _runners.Remove(request);
        request.End(reason, fault);
        _ended.Add(request);
        _jobs.Touch(request);
        _live--;
    }
}
