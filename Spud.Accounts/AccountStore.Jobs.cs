using Spud.Accounts.Databases;

namespace Spud.Accounts;

public sealed partial class AccountStore
{
    private const string JobColumns =
        """
        id, account, (SELECT currency FROM account WHERE account.name = job.account), api_key, model, status, flops, bid, reserved, charge, flops_used, price_list, price_list_version,
        lane, tier, deadline, server, attempt, submitted, started, ended, cancel_requested, reason, request, answer, quote, epoch, submission, ending
        """;

    /// <summary>
    /// Submits a job: reserves its maximum charge and puts it into the queue, for this server if it is one. Submitting the same job again changes nothing.
    /// </summary>
    /// <exception cref="JobRefusedException">Its terms, the account's limits or its balance do not allow it; nothing was changed.</exception>
    /// <exception cref="JobConflictException">There is another job with this id.</exception>
    public Task<Job> SubmitAsync(JobSubmission job, CancellationToken cancel = default)
    {
        CheckTerms(job);
        return WriteAsync(async session =>
        {
            AccountUse use = await LockAsync(session, job.Account).ConfigureAwait(false)
                ?? throw new JobRefusedException(RefusalReason.UnknownAccount, $"there is no account '{job.Account}'.");
            if (await FindJobAsync(session, job.Id).ConfigureAwait(false) is { } known)
                return known.Submission == job.Digest ? known.Job : throw new JobConflictException($"there is already another job '{job.Id}'.");

            long now = Math.Max(Now, use.LastMinute);
            await RequireAllowedAsync(session, job, use, now).ConfigureAwait(false);
            await InsertAsync(session, job, now).ConfigureAwait(false);
            await TransferAsync(session, $"{job.Id}/reserve", job.Account, job.Id, LedgerSide.Balance, LedgerSide.Escrow, job.Reserved).ConfigureAwait(false);
            use.Add(now, job.Flops, job.Reserved);
            await use.SaveAsync(session).ConfigureAwait(false);
            return (await JobAsync(session, job.Id).ConfigureAwait(false)).Job;
        }, cancel);
    }

    /// <summary>Notes that a job runs, on this server. Starting it again changes nothing. Waits for a database that does not answer.</summary>
    /// <exception cref="JobConflictException">It has ended, or another server has it.</exception>
    public Task<Job> StartAsync(string id, CancellationToken cancel = default) => PatientlyAsync(left => TransactAsync(async session =>
    {
        JobRow row = await JobAsync(session, id, session.ForUpdate).ConfigureAwait(false);
        RequireOpen(row.Job);
        await RequireOursAsync(session, row).ConfigureAwait(false);
        if (row.Job.Status == JobStatus.Running)
            return row.Job;

        await session.DoAsync(
            "UPDATE job SET status = 'Running', started = @now, server = @server, epoch = @epoch, attempt = attempt + 1 WHERE id = @id",
            ("@now", Now), ("@server", Server?.Name), ("@epoch", Server?.Epoch), ("@id", id)).ConfigureAwait(false);
        return (await JobAsync(session, id).ConfigureAwait(false)).Job;
    }, writes: true, left, cancel), _options.PatienceAtJobs, cancel);

    /// <summary>Raises the bid of an open job, and reserves the difference. The cap stays. Raising it to the same bid again changes nothing.</summary>
    /// <exception cref="JobRefusedException">The bid is not higher, or limits or balance do not allow it; nothing was changed.</exception>
    /// <exception cref="JobConflictException">The job has ended, or was submitted without a bid.</exception>
    public Task<Job> RaiseBidAsync(string id, decimal bid, CancellationToken cancel = default) => WriteAsync(async session =>
    {
        JobRow row = await JobAsync(session, id, session.ForUpdate).ConfigureAwait(false);
        Job job = row.Job;
        RequireOpen(job);
        if (job.Bid is not { } before)
            throw new JobConflictException($"job '{id}' pays the posted price; it has no bid to raise.");
        if (bid == before)
            return job;
        if (bid < before || !Units.IsExact(bid))
            throw new JobRefusedException(RefusalReason.InvalidTerms, $"a raised bid must be above {before} {job.Currency}, at most {Units.MaxAmount}, and have at most nine decimals; got {bid}.");

        AccountUse use = (await LockAsync(session, job.Account).ConfigureAwait(false))!;
        long flops = Units.Flops(job.ComputeUnits), more = JobSubmission.ReservedFor(bid, flops) - JobSubmission.ReservedFor(before, flops), reserved = Units.Money(job.Reserved) + more;
        use.RequireRequest(flops, reserved);
        use.Require(Now, Units.Time(job.Submitted), 0, more);
        await session.DoAsync("UPDATE job SET bid = @bid, reserved = @reserved WHERE id = @id", ("@bid", Units.Money(bid)), ("@reserved", reserved), ("@id", id)).ConfigureAwait(false);
        await TransferAsync(session, $"{id}/raise/{Units.Money(bid)}", job.Account, id, LedgerSide.Balance, LedgerSide.Escrow, more).ConfigureAwait(false);
        use.Add(Units.Time(job.Submitted), 0, more);
        await use.SaveAsync(session).ConfigureAwait(false);
        return (await JobAsync(session, id).ConfigureAwait(false)).Job;
    }, cancel);

    private static void CheckTerms(JobSubmission job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.ComputeUnits <= 0 || job.ComputeUnits > Metering.Budget.MaxComputeUnits || job.Flops == 0)
            throw Invalid($"a job's cap must be above 0 and at most {Metering.Budget.MaxComputeUnits} CU; got {job.ComputeUnits}.");
        if ((job.Bid ?? job.Quote) is { } price && !Units.IsExact(price))
            throw Invalid($"a bid must be from 0 to {Units.MaxAmount} for a CU, with at most nine decimals; got {price}.");
        if (job.MaxCharge < 0)
            throw Invalid($"a job's maximum charge must not be negative; got {job.MaxCharge}.");
        if (job.Bid is not null && job.Quote is not null)
            throw Invalid("a job has a bid or a quoted price, not both.");
        if (job.Tier is < 0 or > 3)
            throw Invalid($"a tier is from 0 to 3; got {job.Tier}.");
        if (job.Id.Length is 0 or > 100 || job.Model.Length == 0)
            throw Invalid("a job has an id of at most 100 characters, and a model.");

        static JobRefusedException Invalid(string message) => new(RefusalReason.InvalidTerms, message);
    }

    private static async Task RequireAllowedAsync(Session session, JobSubmission job, AccountUse use, long now)
    {
        Account account = use.Account;
        if (!account.Enabled)
            throw new JobRefusedException(RefusalReason.AccountDisabled, $"account '{account.Name}' is disabled.");
        if (job.Deadline is { } deadline && Units.Time(deadline) <= now)
            throw new JobRefusedException(RefusalReason.DeadlinePassed, $"the deadline {deadline:O} has passed.");
        if (job.Prices is { } prices)
        {
            if (prices.Currency != account.Currency)
                throw new JobRefusedException(RefusalReason.WrongPriceList, $"price list '{prices.Name}' {prices.Version} is in {prices.Currency}; account '{account.Name}' pays in {account.Currency}.");
            if (await session.NumberAsync("SELECT count(*) FROM price_list WHERE name = @name AND version = @version", ("@name", prices.Name), ("@version", prices.Version)).ConfigureAwait(false) == 0)
                throw new JobRefusedException(RefusalReason.WrongPriceList, $"price list '{prices.Name}' {prices.Version} is not in the database. Add it with 'spud prices add'.");
        }

        use.RequireRequest(job.Flops, job.Reserved);
        use.Require(now, now, job.Flops, job.Reserved);
    }

    private Task InsertAsync(Session session, JobSubmission job, long now) => session.DoAsync(
        """
        INSERT INTO job(id, account, api_key, model, status, flops, bid, reserved, price_list, price_list_version, lane, tier, deadline, server, epoch, attempt, submitted, cancel_requested, request, quote, submission)
        VALUES (@id, @account, @key, @model, 'Queued', @flops, @bid, @reserved, @prices, @version, @lane, @tier, @deadline, @server, @epoch, 0, @now, 0, @request, @quote, @submission)
        """,
        ("@id", job.Id), ("@account", job.Account), ("@key", job.Key), ("@model", job.Model), ("@flops", job.Flops), ("@bid", MoneyOrNull(job.Bid)), ("@reserved", job.Reserved),
        ("@prices", job.Prices?.Name), ("@version", job.Prices?.Version), ("@lane", $"{job.Lane}"), ("@tier", job.Tier),
        ("@deadline", job.Deadline is { } deadline ? Units.Time(deadline) : null), ("@server", Server?.Name), ("@epoch", Server?.Epoch), ("@now", now),
        ("@request", job.Request), ("@quote", MoneyOrNull(job.Quote)), ("@submission", job.Digest));

    private static Task<AccountUse?> LockAsync(Session session, string name) => session.OneAsync<AccountUse>(
        static row => new(AccountOf(row), row), $"SELECT {AccountColumns}, {AccountUse.Columns} FROM account WHERE name = @name{session.ForUpdate}", ("@name", name));

    private static Task<JobRow?> FindJobAsync(Session session, string id, string forUpdate = "") =>
        session.OneAsync(JobOf, $"SELECT {JobColumns} FROM job WHERE id = @id{forUpdate}", ("@id", id));

    private static async Task<JobRow> JobAsync(Session session, string id, string forUpdate = "") =>
        await FindJobAsync(session, id, forUpdate).ConfigureAwait(false) ?? throw new NotFoundException($"there is no job '{id}'.");

    private static void RequireOpen(Job job)
    {
        if (!job.IsOpen)
            throw new JobConflictException($"job '{job.Id}' has already ended ({job.Status}).");
    }

    private static JobRow JobOf(Row row) => new(
        new()
        {
            Id = row.Text(),
            Account = row.Text(),
            Currency = row.Text(),
            Key = row.TextOrNull(),
            Model = row.Text(),
            Status = Enum.Parse<JobStatus>(row.Text()),
            ComputeUnits = Units.ComputeUnits(row.Number()),
            Bid = AmountOrNull(row.NumberOrNull()),
            Reserved = Units.Money(row.Number()),
            Charge = AmountOrNull(row.NumberOrNull()),
            ComputeUnitsUsed = ComputeUnitsOrNull(row.NumberOrNull()),
            PriceList = row.TextOrNull(),
            PriceListVersion = row.TextOrNull(),
            Lane = Enum.Parse<JobLane>(row.Text()),
            Tier = (int)row.Number(),
            Deadline = TimeOrNull(row.NumberOrNull()),
            Server = row.TextOrNull(),
            Attempt = (int)row.Number(),
            Submitted = Units.Time(row.Number()),
            Started = TimeOrNull(row.NumberOrNull()),
            Ended = TimeOrNull(row.NumberOrNull()),
            CancelRequested = row.Flag(),
            Reason = row.TextOrNull(),
            Request = row.TextOrNull(),
            Answer = row.TextOrNull(),
            Quote = AmountOrNull(row.NumberOrNull()),
        },
        row.NumberOrNull(), row.Text(), row.TextOrNull());

    /// <summary>A job, and what only the store knows of it.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Epoch">Epoch of its server.</param>
    /// <param name="Submission">Digest of its submission.</param>
    /// <param name="Ending">Digest of its end; null while it is open.</param>
    private sealed record JobRow(Job Job, long? Epoch, string Submission, string? Ending);
}
