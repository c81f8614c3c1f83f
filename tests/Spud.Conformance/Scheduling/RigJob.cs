namespace Spud.Conformance.Scheduling;

/// <summary>A job of the virtual loop.</summary>
internal sealed class RigJob
{
    public required long Id { get; init; }

    public int Account { get; init; }

    public double Weight { get; init; } = 1;

    public int Tier { get; init; } = 2;

    public JobLane Lane { get; init; }

    public bool Bids { get; init; }

    public long PricePerCu { get; init; } = 1_000_000;

    public int PromptTokens { get; init; } = 1;

    public int OutputTokens { get; init; } = 1;

    public TimeSpan Arrival { get; init; }

    public TimeSpan Deadline { get; init; } = TimeSpan.MaxValue;

    public JobState State { get; set; }

    public JobDecision Last { get; set; }

    /// <summary>Tokens whose keys are kept.</summary>
    public int Kept { get; set; }

    /// <summary>Largest <see cref="Kept"/> so far: reading up to there again is billed to nobody.</summary>
    public int Billed { get; set; }

    public int Produced { get; set; }

    public long Spent { get; set; }

    public long Step { get; set; }

    public int TokensToRead => Math.Max(0, PromptTokens + Produced - (Produced > 0 ? 1 : 0) - Kept);

    /// <summary>What the scheduler sees of it.</summary>
    public JobView View(int pageTokens, long rowFlops) => new()
    {
        Id = Id,
        Account = Account,
        Weight = Weight,
        Tier = Tier,
        Lane = Lane,
        State = State,
        Bids = Bids,
        PricePerCu = PricePerCu,
        CapFlops = (PromptTokens + OutputTokens) * rowFlops,
        SpentFlops = Spent,
        StepFlops = Step,
        Arrival = Arrival,
        Deadline = Deadline,
        TokensToRead = State == JobState.Ended ? 0 : TokensToRead,
        TokensToProduce = OutputTokens - Produced,
        Pages = PagesFor(Kept, pageTokens),
        PagesToEnd = Math.Max(1, PagesFor(PromptTokens + OutputTokens - 1, pageTokens)),
    };

    private static int PagesFor(int tokens, int pageTokens) => (tokens + pageTokens - 1) / pageTokens;
}
