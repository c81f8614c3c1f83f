using Spud.Execution;

namespace Spud.Generation;

/// <summary>One step of several requests: the requests that take part, and the batch of their rows.</summary>
internal sealed class RequestStep(Engine engine)
{
    private readonly List<Request> _requests = [], _leftOut = [];
    private Batch? _batch;
    private int _turn;

    /// <summary>The requests in the batch, in the order of its entries.</summary>
    public List<Request> Requests => _requests;

    /// <summary>Their rows.</summary>
    public Batch Batch => _batch ??= engine.NewBatch();

    /// <summary>Starts a step in which all requests may take part.</summary>
    public void Begin() => _leftOut.Clear();

    /// <summary>Excludes a request from this step.</summary>
    public void LeaveOut(Request request) => _leftOut.Add(request);

    /// <summary>Fills the batch: decode rows first, then as much of the prompts as fits; in a pipeline that splits phases, those of one phase.</summary>
    public void Fill(List<Request> decoding, List<Request> prefilling, Phase phase)
    {
        Batch.Clear();
        _requests.Clear();

        // If more requests decode than fit in a step, they take turns.
        for (int i = 0; i < decoding.Count && !(engine.SplitsPhases && phase == Phase.Prefill); i++)
            Fill(decoding[(_turn + i) % decoding.Count]);

        _turn = _requests.Count < decoding.Count ? (_turn + _requests.Count) % decoding.Count : 0;
        for (int i = 0; i < prefilling.Count && !(engine.SplitsPhases && phase == Phase.Decode); i++)
            Fill(prefilling[i]);
    }

    /// <summary>The request that has a sequence; the last one if none has.</summary>
    public Request RequestOf(Sequence? sequence) => _requests.Find(request => request.Sequence == sequence) ?? _requests[^1];

    /// <summary>Releases the batch's memory.</summary>
    public void Release()
    {
        _batch?.Dispose();
        _batch = null;
    }

    private void Fill(Request request)
    {
        if (!_leftOut.Contains(request) && request.Fill(Batch))
            _requests.Add(request);
    }
}
