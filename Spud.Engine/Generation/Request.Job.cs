namespace Spud.Generation;

/// <summary>A request as a scheduler sees it.</summary>
public sealed partial class Request
{
    private TimeSpan _arrivalTime, _deadline;
    private long _maxPricePerCu, _shown;

    /// <summary>Its place in the order of arrival, from 1 on.</summary>
    internal long Arrival { get; private set; }

    /// <summary>Index of the account that pays.</summary>
    internal int Account { get; private set; }

    /// <summary>Its index in the queue's table.</summary>
    internal int Index { get; set; }

    /// <summary>Maximum number of rows that the scheduler grants it in the next step.</summary>
    internal int Rows { get; set; }

    /// <summary>Set when it is cancelled.</summary>
    internal CancelSignal? Signal { get; set; }

    /// <summary>Whether it has a sequence and pages.</summary>
    internal bool IsRunning => State is RequestState.Prefilling or RequestState.Decoding;

    /// <summary>Takes its place among the requests of the loop.</summary>
    /// <param name="arrival">Its number.</param>
    /// <param name="account">Index of its account.</param>
    /// <param name="now">Time on the loop's clock.</param>
    /// <param name="prices">Prices for requests without a bid or a quote.</param>
    internal void Enter(long arrival, int account, TimeSpan now, in MarketPrices prices)
    {
        JobTerms terms = Options.Job;
        (Arrival, Account, _arrivalTime) = (arrival, account, now);
        _deadline = terms.Deadline is { } deadline ? now + (deadline - DateTimeOffset.UtcNow) : TimeSpan.MaxValue;
        _maxPricePerCu = (terms.BidPerCu ?? terms.QuotePerCu) is { } stated ? JobTerms.NanosOf(stated) : terms.Lane == JobLane.Spot ? prices.Posted : prices.Floor;
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
            Deadline = _deadline,
            TokensToRead = State == RequestState.Decoding ? 0 : Math.Max(TextToRead.Length, Prompt.Length) - (IsRunning ? Sequence!.Tokens : 0),
            TokensToProduce = Math.Max(1, MaxTokens - GeneratedTokens),
            Pages = IsRunning ? held : 0,

            // The pages of a text that belongs to the caller are not the scheduler's to give while it waits.
            PagesToEnd = IsRunning ? Math.Max(held, toEnd) : Math.Max(1, toEnd - held),
        };
    }
}
