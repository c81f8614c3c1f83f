namespace Spud.Generation;

/// <summary>A request as a scheduler sees it.</summary>
public sealed partial class Request
{
    private TimeSpan _arrivalTime;
    private long _maxPricePerCu, _shown;
    private decimal? _bid;
    private volatile bool _isRaised;

    /// <summary>What it bids per CU; null if it pays the quoted price.</summary>
    public decimal? BidPerCu
    {
        get
        {
            lock (_gate)
                return _bid;
        }
    }

    /// <summary>Its place in the order of arrival, from 1 on.</summary>
    internal long Arrival { get; private set; }

    /// <summary>Index of the account that pays.</summary>
    internal int Account { get; private set; }

    /// <summary>Its index in the queue's table.</summary>
    internal int Index { get; set; }

    /// <summary>Maximum number of rows that the scheduler grants it in the next step.</summary>
    internal int Rows { get; set; }

    /// <summary>Set when it is cancelled, or its bid is raised.</summary>
    internal RequestSignal? Signal { get; set; }

    /// <summary>When its job's result loses its value, on the loop's clock: it ends then.</summary>
    internal TimeSpan Deadline { get; private set; }

    /// <summary>Whether it has a sequence and pages.</summary>
    internal bool IsRunning => State is RequestState.Prefilling or RequestState.Decoding;

    /// <summary>
    /// Raises its bid, which the scheduler sees at the next step: of a request that waits as well as of one that runs, whose price changes when the scheduler
    /// sells its place anew. A bid that is not higher changes nothing. May be called by any thread.
    /// </summary>
    /// <param name="bidPerCu">Price per CU, 0 .. 10^9.</param>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    /// <exception cref="InvalidOperationException">The request does not bid.</exception>
    public void RaiseBid(decimal bidPerCu)
    {
        _ = JobTerms.NanosOf(bidPerCu);
        lock (_gate)
        {
            if (_bid is not { } before)
                throw new InvalidOperationException("The request pays the quoted price, so it has no bid to raise. Set Job.BidPerCu when it is made.");
            if (bidPerCu <= before)
                return;

            _bid = bidPerCu;
        }

        _isRaised = true;
        Signal?.Set();
    }

    /// <summary>Lets the scheduler see a bid that was raised; false if none was.</summary>
    internal bool TakeRaisedBid()
    {
        if (!_isRaised)
            return false;

        _isRaised = false;
        _maxPricePerCu = JobTerms.NanosOf(BidPerCu!.Value);
        return true;
    }

    /// <summary>Takes its place among the requests of the loop.</summary>
    /// <param name="arrival">Its number.</param>
    /// <param name="account">Index of its account.</param>
    /// <param name="now">Time on the loop's clock.</param>
    /// <param name="prices">Prices for requests without a bid or a quote.</param>
    internal void Enter(long arrival, int account, TimeSpan now, in MarketPrices prices)
    {
        JobTerms terms = Options.Job;
        (Arrival, Account, _arrivalTime) = (arrival, account, now);
        Deadline = terms.Deadline is { } deadline ? now + (deadline - DateTimeOffset.UtcNow) : TimeSpan.MaxValue;
        _maxPricePerCu = (BidPerCu ?? terms.QuotePerCu) is { } stated ? JobTerms.NanosOf(stated) : terms.Lane == JobLane.Spot ? prices.Posted : prices.Floor;
    }

    /// <summary>What the scheduler is shown; what was billed since the last time is shown once.</summary>
    internal JobView View(double weight, JobPages pages)
    {
        long spent = Ledger?.Flops ?? 0, before = _shown;
        _shown = spent;
        int held = Sequence is { } sequence ? pages.HeldBy(sequence) : 0, toEnd = pages.Of((Sequence?.Tokens ?? 0) + TokensSoon(JobTable.AnswerTokens));
        return new()
        {
            Id = Arrival,
            Account = Account,
            Weight = weight,
            Tier = Options.Job.Tier,
            Lane = Options.Job.Lane,
            State = State == RequestState.Finished ? JobState.Ended : IsRunning ? JobState.Running : JobState.Waiting,
            Bids = Options.Job.BidPerCu is not null,
            PricePerCu = _maxPricePerCu,
            CapFlops = Math.Max(1, Budget?.Flops ?? long.MaxValue),
            SpentFlops = spent,
            StepFlops = spent - before,
            Arrival = _arrivalTime,
            Deadline = Deadline,
            TokensToRead = State == RequestState.Decoding ? 0 : Math.Max(TextToRead.Length, Prompt.Length) - (IsRunning ? Sequence!.Tokens : 0),
            TokensToProduce = Math.Max(1, MaxTokens - GeneratedTokens),
            Pages = IsRunning ? held : 0,

            // The pages of a text that belongs to the caller are not the scheduler's to give while it waits.
            PagesToEnd = IsRunning ? Math.Max(held, toEnd) : Math.Max(1, toEnd - held),
        };
    }
}
