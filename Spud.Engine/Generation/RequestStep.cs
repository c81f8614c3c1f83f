using Spud.Execution;

namespace Spud.Generation;

/// <summary>One step of several requests: the requests that take part, and the batch of their rows.</summary>
internal sealed class RequestStep(Engine engine)
{
    private readonly List<Request> _requests = [], _leftOut = [], _readers = [];
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

    /// <summary>Fills the batch: decode rows first, then parts of the prompts; in a pipeline that splits phases, those of one phase.</summary>
    /// <param name="decoding">Requests that generate.</param>
    /// <param name="prefilling">Requests whose texts are being read, in order of arrival.</param>
    /// <param name="phase">The phase, if steps have only one.</param>
    /// <param name="maxRows">Maximum rows of the step if any request generates.</param>
    public void Fill(List<Request> decoding, List<Request> prefilling, Phase phase, int maxRows)
    {
        Batch.Clear();
        _requests.Clear();

        // If more requests decode than fit in a step, they take turns.
        for (int i = 0; i < decoding.Count && !(engine.SplitsPhases && phase == Phase.Prefill); i++)
            Fill(decoding[(_turn + i) % decoding.Count], 1);

        _turn = _requests.Count < decoding.Count ? (_turn + _requests.Count) % decoding.Count : 0;
        int rows = Batch.MaxRows - Batch.Rows;
        Read(prefilling, phase, decoding.Count == 0 ? rows : Math.Min(rows, Math.Max(PrefillLimit.MinRows, maxRows - Batch.Rows)));
    }

    /// <summary>The request that has a sequence; the last one if none has.</summary>
    public Request RequestOf(Sequence? sequence) => _requests.Find(request => request.Sequence == sequence) ?? _requests[^1];

    /// <summary>Releases the batch's memory.</summary>
    public void Release()
    {
        _batch?.Dispose();
        _batch = null;
    }

    /// <summary>
    /// Divides rows among prompts: each gets an equal part, and what short ones do not need goes to the longer ones. If there are too many for one step, those
    /// that arrived first come first.
    /// </summary>
    private void Read(List<Request> prefilling, Phase phase, int rows)
    {
        _readers.Clear();
        foreach (Request request in prefilling)
        {
            if (_readers.Count < Math.Min(rows, Batch.MaxSequences - Batch.Sequences) && !(engine.SplitsPhases && request.NextPhase != phase) && !_leftOut.Contains(request))
                _readers.Add(request);
        }

        while (_readers.Count > 0 && rows > 0)
        {
            int shortest = 0;
            for (int i = 1; i < _readers.Count; i++)
            {
                if (_readers[i].RowsToRead < _readers[shortest].RowsToRead)
                    shortest = i;
            }

            rows -= Fill(_readers[shortest], Math.Max(1, rows / _readers.Count));
            _readers.RemoveAt(shortest);
        }
    }

    /// <summary>Adds rows of a request; returns their number.</summary>
    private int Fill(Request request, int maxRows)
    {
        int rows = _leftOut.Contains(request) ? 0 : request.Fill(Batch, maxRows);
        if (rows > 0)
            _requests.Add(request);

        return rows;
    }
}
