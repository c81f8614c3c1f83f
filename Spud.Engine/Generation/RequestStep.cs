using Spud.Execution;

namespace Spud.Generation;

/// <summary>One step of several requests: the requests that take part, and the batch of their rows.</summary>
internal sealed class RequestStep(Engine engine)
{
    private readonly List<Request> _requests = [], _leftOut = [];
    private Batch? _batch;

    /// <summary>The requests in the batch, in the order of its entries.</summary>
    public List<Request> Requests => _requests;

    /// <summary>Their rows.</summary>
    public Batch Batch => _batch ??= engine.NewBatch();

    /// <summary>Starts a step in which all requests may take part.</summary>
    public void Begin()
    {
        _leftOut.Clear();
        _requests.Clear();
    }

    /// <summary>Excludes a request from this step.</summary>
    public void LeaveOut(Request request) => _leftOut.Add(request);

    /// <summary>Fills the batch; in a pipeline that splits phases, with rows of one phase.</summary>
    /// <param name="requests">Requests that may run, in the order in which the scheduler serves them, and with the rows that it grants.</param>
    /// <param name="phase">The phase, if steps have only one.</param>
    public void Fill(List<Request> requests, Phase phase)
    {
        _requests.Clear();
        if (requests.Count == 0)
            return;

        Batch.Clear();
        foreach (Request request in requests)
        {
            bool takesPart = !(engine.SplitsPhases && request.NextPhase != phase) && !_leftOut.Contains(request);
            if (takesPart && request.Fill(Batch, request.Rows) > 0)
                _requests.Add(request);
        }
    }

    /// <summary>The request that has a sequence; the last one if none has.</summary>
    public Request RequestOf(Sequence? sequence) => _requests.Find(request => request.Sequence == sequence) ?? _requests[^1];

    /// <summary>Releases the batch's memory.</summary>
    public void Release()
    {
        _batch?.Dispose();
        _batch = null;
    }
}
