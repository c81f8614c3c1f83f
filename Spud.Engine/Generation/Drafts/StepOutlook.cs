namespace Spud.Generation;

/// <summary>What the step that is being filled is expected to take and to give, for the requests that draft in it one after the other.</summary>
internal sealed class StepOutlook
{
    private readonly DraftCosts _costs;
    private StepTimes _times;
    private int _drafted;
    private double _tokens = 1, _askedSeconds;

    /// <summary>Starts with a step of one row.</summary>
    /// <param name="costs">What steps and drafts cost.</param>
    public StepOutlook(DraftCosts costs) => (_costs, _times) = (costs, costs.Of(1));

    /// <summary>One request alone, on a machine where nothing was measured: choices that go by it depend on the text alone.</summary>
    public static StepOutlook Unmeasured { get; } = new(new());

    /// <summary>Whether the times of such a step without drafts have to be measured.</summary>
    public bool LacksPlain => _times.LacksPlain;

    /// <summary>Starts a step.</summary>
    /// <param name="rows">Its rows without drafts, at least 1.</param>
    /// <param name="decoding">Number of requests that each get a token from it without drafts.</param>
    public void Begin(int rows, int decoding) => (_times, _drafted, _tokens, _askedSeconds) = (_costs.Of(rows), 0, decoding, 0);

    /// <summary>Duration of the step if a request adds drafted tokens, in steps without any.</summary>
    /// <param name="tokens">Number of drafted tokens.</param>
    public double Time(int tokens) => _times.Ratio(Math.Min(_drafted + tokens, DraftCosts.MaxDrafted)) + Share(_askedSeconds + (tokens > 0 ? _costs.Asks.Seconds(tokens) : 0));

    /// <summary>Tokens for all requests by that duration, if one of them adds drafted tokens.</summary>
    /// <param name="tokens">Number of drafted tokens.</param>
    /// <param name="accepted">Those of them that are expected to be accepted.</param>
    public double Rate(int tokens, double accepted) => (_tokens + accepted) / Time(tokens);

    /// <summary>What a call of the drafter costs that gives nothing, in steps without drafts.</summary>
    public double EmptyAsk => Share(_costs.Asks.Seconds(0));

    /// <summary>Records what a request added.</summary>
    /// <param name="drafted">Its drafted tokens.</param>
    /// <param name="accepted">Those of them that are expected to be accepted.</param>
    public void Add(int drafted, double accepted) => (_drafted, _tokens) = (_drafted + drafted, _tokens + accepted);

    /// <summary>Records a call of the drafter.</summary>
    /// <param name="tokens">Tokens that it gave.</param>
    /// <param name="time">Its duration.</param>
    /// <param name="isUsual">Whether it had only the tokens of the last step to read: a call that reads a text for the first time says nothing of the next ones.</param>
    public void AddAsk(int tokens, TimeSpan time, bool isUsual)
    {
        if (!isUsual)
            return;

        _askedSeconds += time.TotalSeconds;
        _costs.Asks.Observe(tokens, time.TotalSeconds);
    }

    /// <summary>Records the step's duration.</summary>
    /// <param name="time">The duration.</param>
    public void Observe(TimeSpan time) => _times.Observe(Math.Min(_drafted, DraftCosts.MaxDrafted), time.TotalSeconds);

    private double Share(double seconds) => _times.PlainSeconds > 0 ? seconds / _times.PlainSeconds : 0;
}
