using Spud.Execution;

namespace Spud.Generation;

/// <summary>Which requests have a sequence and pages.</summary>
internal sealed partial class RequestQueue
{
    /// <summary>
    /// Tokens of each answer for which there are pages when a request is admitted. What its maximum length would need is not reserved: if
    /// pages run out, the request that arrived last gives its own back.
    /// </summary>
    private const int AnswerTokens = 128;

    private readonly int[] _tokens = new int[engine.Parts.Limits.Sequences + 1];
    private long _arrivals;

    /// <summary>Ends those that were cancelled, removes those that have ended, and counts the places of those that wait.</summary>
    private void Sweep()
    {
        int kept = 0, waiting = 0;
        for (int i = 0; i < _requests.Count; i++)
        {
            Request request = _requests[i];
            if (request.IsCancelled)
                End(request, FinishReason.Cancelled);
            if (request.State == RequestState.Finished)
                continue;

            request.Position = request.State == RequestState.Waiting ? waiting++ : 0;
            _requests[kept++] = request;
        }

        _requests.RemoveRange(kept, _requests.Count - kept);
    }

    /// <summary>Admits waiting requests in order of arrival, until there is no room for one.</summary>
    private void Admit()
    {
        for (int i = 0, waiting = _requests.Count - Running; i < _requests.Count && waiting > 0; i++)
        {
            if (_requests[i].State != RequestState.Waiting)
                continue;

            Request request = _requests[i];
            if (!HasSequenceFor(request))
                return;

            PrefixMatch? match = request.FindPrefix();
            if (!HasPagesFor(request, match))
                return;

            Admit(request, match);
            waiting--;
        }
    }

    private void Admit(Request request, PrefixMatch? match)
    {
        try
        {
            request.Admit(request.Sequence ?? engine.Open(), match);
            (request.State == RequestState.Decoding ? _decoding : _prefilling).Add(request);
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

    private bool HasSequenceFor(Request request) =>
        Running == 0 || (request.Sequence is { } sequence ? !IsUsed(sequence, _prefilling) && !IsUsed(sequence, _decoding) : engine.HasFreeSequence);

    /// <summary>A request that is alone is always admitted, and fails later if there is not enough room.</summary>
    private bool HasPagesFor(Request request, PrefixMatch? match)
    {
        if (Running == 0)
            return true;

        // Pages that only kept texts hold count as free, so those that the request takes over must be counted as its own.
        int shared = match is { Text.HoldsPagesAlone: false } used ? used.Tokens - 1 : 0, count = 0;
        foreach (Request other in _prefilling)
            _tokens[count++] = other.TokensSoon(AnswerTokens);
        foreach (Request other in _decoding)
            _tokens[count++] = other.TokensSoon(AnswerTokens);

        _tokens[count++] = Math.Max(0, request.TokensSoon(AnswerTokens) - shared);
        return engine.HasPagesFor(_tokens.AsSpan(0, count));
    }

    private static bool IsUsed(Sequence sequence, List<Request> requests)
    {
        foreach (Request request in requests)
        {
            if (request.Sequence == sequence)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Makes room for others: of the requests that run, the one that arrived last gives its pages back and waits to be admitted again. False if no other one
    /// would go on: a text that does not even fit alone fails.
    /// </summary>
    private bool ReleaseLatest()
    {
        if (Running < 2)
            return false;

        for (int i = _requests.Count - 1; i >= 0; i--)
        {
            Request request = _requests[i];
            if (request.OwnsSequence && request.State is RequestState.Prefilling or RequestState.Decoding)
            {
                _ = _prefilling.Remove(request) || _decoding.Remove(request);
                request.Release();
                _releases++;
                return true;
            }
        }

        return false;
    }

    /// <summary>If no request can continue for lack of pages, the latest ends.</summary>
    private void EndOneIfStalled(PagePoolFullException? full)
    {
        _stalled = _step.Requests.Count > 0 || full is null ? 0 : _stalled + 1;
        if (_stalled < (engine.SplitsPhases && _prefilling.Count > 0 && _decoding.Count > 0 ? 2 : 1))
            return;

        _stalled = 0;
        End(_prefilling.Count > 0 ? _prefilling[^1] : _decoding[^1], FinishReason.Failed, full);
    }
}
