namespace Spud.Evaluation.Markets;

/// <summary>A job of a simulation.</summary>
internal sealed class SimulatedJob
{
    public required int Account { get; init; }

    public required double Weight { get; init; }

    public required JobStream Terms { get; init; }

    public required TimeSpan Arrival { get; init; }

    public required TimeSpan Deadline { get; init; }

    /// <summary>What the scheduler is told.</summary>
    public required TimeSpan ClaimedDeadline { get; init; }

    public required int PromptTokens { get; init; }

    public required int OutputTokens { get; init; }

    /// <summary>What a CU is worth, if the job ends before its deadline.</summary>
    public required double ValuePerCu { get; init; }

    /// <summary>FLOPs to its end.</summary>
    public required long Full { get; init; }

    /// <summary>What it tells the scheduler as its maximum price, in nano-units.</summary>
    public long PricePerCu { get; set; }

    public long Id { get; set; }

    public JobState State { get; set; }

    public JobDecision Last { get; set; }

    /// <summary>Tokens whose keys are kept.</summary>
    public int Kept { get; private set; }

    public int Produced { get; private set; }

    public long Spent { get; private set; }

    public long Step { get; set; }

    /// <summary>Money paid, in nano-units times CU.</summary>
    public double Paid { get; private set; }

    public TimeSpan? Began { get; private set; }

    public TimeSpan? Ended { get; set; }

    public bool IsFinished { get; private set; }

    /// <summary>The last token produced is not read before it is needed.</summary>
    private int TokensToRead => Math.Max(0, PromptTokens + Math.Max(0, Produced - 1) - Kept);

    private int _billed;

    public JobView View(SimulatedHardware hardware, long rowFlops) => new()
    {
        Id = Id,
        Account = Account,
        Weight = Weight,
        Tier = Terms.Tier,
        Lane = Terms.Lane,
        State = State,
        Bids = Terms.Bid is not null,
        PricePerCu = PricePerCu,
        CapFlops = (PromptTokens + OutputTokens) * rowFlops,
        SpentFlops = Spent,
        StepFlops = Step,
        Arrival = Arrival,
        Deadline = ClaimedDeadline,
        TokensToRead = TokensToRead,
        TokensToProduce = Math.Max(1, OutputTokens - Produced),
        Pages = (Kept + hardware.PageTokens - 1) / hardware.PageTokens,
        PagesToEnd = (PromptTokens + OutputTokens - 1 + hardware.PageTokens - 1) / hardware.PageTokens,
    };

    /// <summary>Gives back its pages; what it has to read again is billed to nobody.</summary>
    public void Release() => (State, Kept) = (JobState.Waiting, 0);

    /// <summary>Computes rows.</summary>
    /// <returns>Rows that were computed.</returns>
    public int Compute(int rows, long rowFlops, TimeSpan now)
    {
        Began ??= now;
        int computed = Math.Min(rows, Math.Max(1, TokensToRead));
        Kept += computed;
        Step = Math.Max(0, Kept - _billed) * rowFlops;
        _billed = Math.Max(_billed, Kept);
        Spent += Step;
        Paid += Last.PricePerCu * (Step / 1e9);
        if (TokensToRead == 0 && ++Produced == OutputTokens)
            (IsFinished, State) = (true, JobState.Ended);
        return computed;
    }
}
