using Spud.Execution;

namespace Spud.Generation;

/// <summary>One step of several requests: the requests that take part, and the batch of their rows.</summary>
internal sealed class RequestStep(Engine engine)
{
    private readonly List<Request> _requests = [], _leftOut = [];
    private Batch? _batch;
    private readonly StepOutlook _outlook = new(new());
    private bool _drafts;

    /// <summary>The requests in the batch, in the order of its entries.</summary>
    public List<Request> Requests => _requests;

    /// <summary>Their rows.</summary>
    public Batch Batch => _batch ??= engine.NewBatch();

    /// <summary>Starts a step in which all requests may take part.</summary>
    public void Begin()
    {
        _leftOut.Clear();
        _requests.Clear();
        _drafts = engine.Parts.Drafter is { IsActive: true };
    }

    /// <summary>Whether the batch has rows of drafted tokens.</summary>
    public bool HasDrafts { get; private set; }

    /// <summary>Excludes drafts from this step; false if it has none.</summary>
    public bool LeaveOutDrafts()
    {
        _drafts = false;
        return HasDrafts;
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
        Batch.NormsLogitRows = engine.Parts.Drafter is { ReadsHidden: true, IsActive: true };
        HasDrafts = false;
        (int room, int decoding) = engine.Parts.Drafter is null ? default : RoomForDrafts(requests, phase);
        if (!_drafts)
            room = 0;
        foreach (Request request in requests)
        {
            if (!TakesPart(request, phase))
                continue;

            bool mayDraft = room > 0 && request.State == RequestState.Decoding;
            int rows = mayDraft ? request.FillDrafted(Batch, room / decoding--, _outlook) : request.Fill(Batch, request.Rows);
            if (rows > 0)
                _requests.Add(request);
            if (mayDraft && rows > 1)
                (room, HasDrafts) = (room - rows + 1, true);
        }
    }

    private bool TakesPart(Request request, Phase phase) => !(engine.SplitsPhases && request.NextPhase != phase) && !_leftOut.Contains(request);

    /// <summary>Rows that nobody else needs, and the number of requests that share them.</summary>
    private (int Rows, int Decoding) RoomForDrafts(List<Request> requests, Phase phase)
    {
        int rows = 0, logits = 0, decoding = 0;
        foreach (Request request in requests)
        {
            if (!TakesPart(request, phase))
                continue;

            bool decodes = request.State == RequestState.Decoding;
            rows += decodes ? 1 : Math.Min(request.Rows, request.TokensToRead);
            decoding += decodes ? 1 : 0;
            logits++;
        }

        _outlook.Begin(Math.Max(1, rows), decoding);
        return (Math.Min(Batch.MaxRows - rows, Batch.MaxLogitRows - logits), decoding);
    }

    /// <summary>Records how long the step took: what drafts cost is known from that.</summary>
    /// <param name="time">Its duration.</param>
    public void Observe(TimeSpan time)
    {
        if (engine.Parts.Drafter is not null)
            _outlook.Observe(time);
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
