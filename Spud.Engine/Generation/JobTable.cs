using System.Diagnostics;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;

namespace Spud.Generation;

/// <summary>The open requests of a queue, in order of arrival, as its scheduler sees them, with what it decided about each.</summary>
internal sealed class JobTable
{
    /// <summary>
    /// Tokens of each answer for which there are pages when a request is admitted. What its maximum length would need is not reserved: most end earlier, and
    /// if pages run out, one of the requests gives its own back.
    /// </summary>
    public const int AnswerTokens = 128;

    private readonly Engine _engine;
    private readonly JobScheduler _scheduler;
    private readonly JobPages _pages;
    private readonly JobAccounts _accounts = new();
    private readonly List<Request> _requests = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly long _rowFlops;
    private JobView[] _views = [];
    private JobDecision[] _decisions = [];
    private long _arrivals;
    private bool[] _isTouched = [];
    private bool _isRebuilt, _isPlaced;

    public JobTable(Engine engine)
    {
        (_engine, _scheduler, _pages) = (engine, engine.Parts.Scheduler, new(engine.Parts.Pages));
        _rowFlops = Math.Max(1, RowFlops(engine.Parts.Costs));
    }

    /// <summary>All requests that have not ended, and those that ended since the last decision.</summary>
    public List<Request> Requests => _requests;

    /// <summary>The prices that hold since the last decision.</summary>
    public MarketPrices Prices => _scheduler.Prices;

    /// <summary>Time since the loop began, on the clock of deadlines and schedulers.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    /// <summary>Name of the scheduler that decides.</summary>
    public string Scheduler => _scheduler.Name;

    public void Add(Request request)
    {
        // So that the first request can be quoted a price.
        if (_arrivals == 0)
            _scheduler.Decide(Capacity(_engine.Parts.Limits.Rows, 0, default), [], []);

        int account = _accounts.IndexOf(request.Options.Job, out bool changes);
        _isRebuilt |= changes;
        request.Enter(++_arrivals, account, Now, Prices);
        if (_requests.Count == _views.Length)
        {
            Array.Resize(ref _views, Math.Max(16, 2 * _views.Length));
            Array.Resize(ref _decisions, _views.Length);
            Array.Resize(ref _isTouched, _views.Length);
        }

        request.Index = _requests.Count;
        (_views[request.Index], _decisions[request.Index]) = (default, default);
        _requests.Add(request);
        Touch(request);
    }

    /// <summary>Asks the scheduler about the next step.</summary>
    /// <param name="running">The requests that have a sequence.</param>
    /// <param name="rows">Maximum number of rows.</param>
    /// <param name="lastStep">Duration of the last step.</param>
    /// <returns>Indices of the requests that it lets run, in the order in which the step is filled.</returns>
    public ReadOnlySpan<int> Decide(List<Request> running, int rows, TimeSpan lastStep)
    {
        (int held, int sequences) = Refresh(running);
        StepCapacity capacity = Capacity(rows, held, lastStep, sequences);
        FitRunning(capacity.Pages);
        return _scheduler.Decide(capacity, _views.AsSpan(0, _requests.Count), _decisions.AsSpan(0, _requests.Count));
    }

    /// <summary>What was decided about a request.</summary>
    public ref readonly JobDecision DecisionOf(Request request) => ref _decisions[request.Index];

    /// <summary>A request changed its state; those that wait are not looked at otherwise.</summary>
    public void Touch(Request request) => (_isTouched[request.Index], _isPlaced) = (true, false);

    /// <summary>Removes requests that have ended and were shown to the scheduler as such, and counts the places of those that wait.</summary>
    public void Sweep()
    {
        if (_isPlaced)
            return;

        _isPlaced = true;
        int kept = 0, waiting = 0;
        for (int i = 0; i < _requests.Count; i++)
        {
            Request request = _requests[i];
            if (_views[i].State == JobState.Ended)
                continue;

            request.Position = request.State == RequestState.Waiting ? waiting++ : 0;
            if (kept < i)
                (_requests[kept], _views[kept], _decisions[kept], _isTouched[kept], request.Index) = (request, _views[i], _decisions[i], _isTouched[i], kept);
            kept++;
        }

        _requests.RemoveRange(kept, _requests.Count - kept);
    }

    /// <summary>Brings the views up to date and returns the number of pages held, and of sequences.</summary>
    private (int Pages, int Sequences) Refresh(List<Request> running)
    {
        foreach (Request request in running)
            _isTouched[request.Index] = true;

        int held = 0, sequences = 0;
        for (int i = 0; i < _requests.Count; i++)
        {
            ref JobView view = ref _views[i];
            if (_isTouched[i] || _isRebuilt)
            {
                Request request = _requests[i];
                view = request.View(_accounts.WeightOf(request.Account), _pages);

                // What was billed is shown once, and a text of the caller changes without the request.
                _isTouched[i] = view.State == JobState.Waiting && (view.StepFlops > 0 || !request.OwnsSequence);
                sequences += request.Sequence is not null ? 1 : 0;
                _isPlaced &= view.State != JobState.Ended;
            }

            held += view.Pages;
        }

        _isRebuilt = false;
        return (held, sequences);
    }

    /// <summary>
    /// Requests that run are expected to need pages for the next tokens of their answers. Where all of them together would need more than there are, those that arrived last are
    /// shown with what they hold: nobody must give way before pages have run out.
    /// </summary>
    private void FitRunning(int pages)
    {
        long wanted = 0;
        for (int i = 0; i < _requests.Count; i++)
            wanted += _views[i].State == JobState.Running ? _views[i].PagesToEnd : 0;

        for (int i = _requests.Count - 1; i >= 0 && wanted > pages; i--)
        {
            ref JobView view = ref _views[i];
            if (view.State != JobState.Running)
                continue;

            int fewer = (int)Math.Min(wanted - pages, view.PagesToEnd - Math.Max(1, view.Pages));
            view = view with { PagesToEnd = view.PagesToEnd - fewer };
            wanted -= fewer;
        }
    }

    private StepCapacity Capacity(int rows, int held, TimeSpan lastStep, int sequences = 0) => new()
    {
        Now = Now,
        LastStep = lastStep,
        Accounts = _accounts.Count,
        Rows = rows,
        Sequences = Math.Max(1, sequences + _engine.FreeSequences),
        Pages = _pages.Available + held,
        RowFlops = _rowFlops,
    };

    private static long RowFlops(PipelineCosts costs)
    {
        long flops = 0;
        for (int layer = 0; layer < costs.Layers; layer++)
        {
            foreach (Role role in Role.All)
                flops += costs.Of(Phase.Prefill)[PipelineCosts.SlotOf(layer, role)].Flops(1, costs.MaxEntries[(int)Phase.Prefill][layer], 0, 0);
        }

        return flops;
    }
}
