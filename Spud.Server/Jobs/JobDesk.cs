using Spud.Accounts;
using Spud.Generation;
using Spud.Metering;
using Spud.Server.Settings;

namespace Spud.Server.Jobs;

/// <summary>Submits the jobs of requests: each text that is generated is one.</summary>
internal sealed class JobDesk(ServerAccounts accounts, OpenJobs open, ServerSettings settings, IHostApplicationLifetime lifetime)
{
    private const decimal NanosPerUnit = 1_000_000_000m;

    /// <summary>The budget of a request that has none; null if there need not be one.</summary>
    /// <param name="choices">Number of texts that share it.</param>
    public Budget? DefaultBudget(int choices) => accounts.Store is null ? null : Budget.OfCompute(settings.DefaultBudget / choices);

    /// <summary>Submits a job; null without accounts.</summary>
    /// <exception cref="JobRefusedException">Its terms, or the account's limits or balance, do not allow it.</exception>
    public async Task<JobTicket?> SubmitAsync(Caller caller, string model, GenerationOptions options, PriceList? prices, CancellationToken cancellation)
    {
        if (accounts.Store is not { } store)
            return null;

        Job job = await store.SubmitAsync(Submission(caller, model, options, prices, null), cancellation).ConfigureAwait(false);
        return Open(new(store, job.Id, open, lifetime.ApplicationStopping) { Prices = prices });
    }

    /// <summary>Takes up a job that was submitted and for which no client waits.</summary>
    public JobTicket Take(string id) => Open(new(accounts.Store!, id, open, lifetime.ApplicationStopping) { IsKept = true });

    /// <summary>The terms of a job, with the price that the model's scheduler quotes now if they have no bid; that is paid until it ends.</summary>
    public JobTerms Quoted(LanguageModel model, JobTerms terms)
    {
        if (accounts.Store is null || terms.BidPerCu is not null)
            return terms;

        MarketPrices prices = model.Status.Prices;
        long quote = terms.Lane == JobLane.Spot ? prices.Posted : prices.Floor;
        return quote == 0 ? terms : terms with { QuotePerCu = (decimal)quote / NanosPerUnit };
    }

    /// <summary>What is submitted.</summary>
    /// <param name="caller">Who pays.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">Budget and terms.</param>
    /// <param name="prices">The price list that applies.</param>
    /// <param name="request">The request itself, if the job outlives it.</param>
    public JobSubmission Submission(Caller caller, string model, GenerationOptions options, PriceList? prices, string? request)
    {
        Budget budget = options.Budget ?? Budget.OfCompute(settings.DefaultBudget);
        (decimal? bid, decimal? quote) = (options.Job.BidPerCu, options.Job.QuotePerCu);
        if (budget.ComputeUnits is null && (bid ?? quote) > 0)
            throw Http.ApiException.Invalid("budget", "compute has a price here, by a bid or the scheduler's quote, so a budget must be in CU, such as '250cu'.", "invalid_value");
        if (budget.ComputeUnits is null && caller.Details?.Limits is { } limits && (limits.ComputeUnitsPerRequest ?? limits.ComputeUnitsPerMinute ?? limits.ComputeUnitsPerDay) is not null)
            throw Http.ApiException.Invalid("budget", "this account has limits in CU, so a budget must be in CU too, such as '250cu'.", "invalid_value");

        decimal cap = budget.ComputeUnits ?? Budget.MaxComputeUnits;
        return new()
        {
            Account = caller.Account,
            Key = caller.Key,
            Model = model,
            ComputeUnits = cap,
            Bid = bid,
            Quote = quote,
            MaxCharge = budget.Amount ?? cap * (prices?.MaxPerComputeUnit ?? 0),
            Lane = options.Job.Lane,
            Tier = options.Job.Tier,
            Deadline = options.Job.Deadline,
            Prices = prices,
            Request = request,
        };
    }

    private JobTicket Open(JobTicket ticket)
    {
        open.Add(ticket);
        return ticket;
    }
}
