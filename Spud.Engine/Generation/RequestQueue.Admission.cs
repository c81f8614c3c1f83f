using Spud.Execution;

namespace Spud.Generation;

/// <summary>Which requests have a sequence and pages.</summary>
internal sealed partial class RequestQueue
{
    private readonly int[] _tokens = new int[engine.Parts.Limits.Sequences + 1];

    /// <summary>Does what the scheduler decided, as far as there are pages: those that run in the next step are in <see cref="_runners"/> then.</summary>
    /// <param name="order">Indices of the requests that it lets run.</param>
    private void Apply(ReadOnlySpan<int> order)
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (_jobs.DecisionOf(_running[i]).Action == JobAction.Release && _running[i].OwnsSequence)
                Release(_running[i]);
        }

        _runners.Clear();
        bool isFull = false;
        int unused = 0;
        foreach (int index in order)
        {
            Request request = _jobs.Requests[index];
            if (request.State == RequestState.Waiting && !isFull && !IsUsed(request.Sequence))
                isFull = !TryAdmit(request);
            int rows = _jobs.DecisionOf(request).Rows;
            if (!request.IsRunning)
            {
                unused += rows;
                continue;
            }

            request.Rows = rows;
            _runners.Add(request);
        }

        Distribute(unused);
    }

    /// <summary>Gives the rows of those that could not be admitted to prompts that can use them.</summary>
    private void Distribute(int rows)
    {
        for (int i = 0; i < _runners.Count && rows > 0; i++)
        {
            int more = Math.Clamp(_runners[i].TokensToRead - _runners[i].Rows, 0, rows);
            _runners[i].Rows += more;
            rows -= more;
        }
    }

    /// <summary>False if there is no room for the request; it may wait for another reason. One that is alone is always admitted, and fails later if there is not enough room.</summary>
    private bool TryAdmit(Request request)
    {
        if (request.Sequence is null && !engine.HasFreeSequence && _running.Count > 0)
            return false;

        PrefixMatch? match = request.FindPrefix();
        foreach (Request other in _running)
        {
            if (_jobs.DecisionOf(other).Action == JobAction.Run && request.WaitsFor(other, match?.Tokens ?? 0))
                return true;
        }

        if (_running.Count > 0 && !HasPagesFor(request, match))
            return false;

        try
        {
            _jobs.Touch(request);
            request.Admit(request.Sequence ?? engine.Open(), match);
            _running.Add(request);
        }
        catch (BudgetExceededException refusal)
        {
            End(request, FinishReason.Refused, refusal);
        }
        catch (Exception fault)
        {
            End(request, FinishReason.Failed, fault);
        }

        return true;
    }

    private bool HasPagesFor(Request request, PrefixMatch? match)
    {
        // Pages that only kept texts hold count as free, so those that the request takes over must be counted as its own.
        int shared = match is { Text.HoldsPagesAlone: false } used ? used.Tokens - 1 : 0;
        for (int i = 0; i < _running.Count; i++)
            _tokens[i] = _running[i].TokensSoon(JobTable.AnswerTokens);

        _tokens[_running.Count] = Math.Max(0, request.TokensSoon(JobTable.AnswerTokens) - shared);
        return engine.HasPagesFor(_tokens.AsSpan(0, _running.Count + 1));
    }

    private bool IsUsed(Sequence? sequence)
    {
        for (int i = 0; i < _running.Count && sequence is not null; i++)
        {
            if (_running[i].Sequence == sequence)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Makes room for others: of the requests that hold pages, the one that the scheduler serves last, or not at all, gives its own back and waits to be admitted again.
    /// False if no other one would go on: a text that does not even fit alone fails.
    /// </summary>
    private bool ReleaseLast()
    {
        if (_running.Count < 2)
            return false;

        Request? last = null;
        foreach (Request request in _running)
        {
            if (request.OwnsSequence && (last is null || PlaceOf(request).CompareTo(PlaceOf(last)) > 0))
                last = request;
        }

        if (last is not null)
            Release(last);
        return last is not null;

        (int Rank, long Arrival) PlaceOf(Request request) => (_jobs.DecisionOf(request) is { Action: JobAction.Run } decision ? decision.Rank : int.MaxValue, request.Arrival);
    }

    private void Release(Request request)
    {
        _running.Remove(request);
        _runners.Remove(request);
        request.Release(_limit.SecondsPerRow);
        _jobs.Touch(request);
        _releases++;
    }

    /// <summary>If no request can continue for lack of pages, the last one ends.</summary>
    private void EndOneIfStalled(PagePoolFullException? full)
    {
        _stalled = _step.Requests.Count > 0 || full is null || _runners.Count == 0 ? 0 : _stalled + 1;
        if (_stalled == 0 || _stalled < (HasBothPhases ? 2 : 1))
            return;

        _stalled = 0;
        End(_runners[^1], FinishReason.Failed, full);
    }
}
