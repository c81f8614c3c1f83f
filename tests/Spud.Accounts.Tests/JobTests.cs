using Spud.Accounts.Crashes;
using Spud.Metering;

namespace Spud.Accounts.Tests;

public sealed class JobTestsOnSqlite() : JobTests(new SqliteTestDatabase());

public sealed class JobTestsOnPostgres(PostgresCluster cluster) : JobTests(new PostgresTestDatabase(cluster));

/// <summary>Jobs from their submission to their receipt.</summary>
public abstract class JobTests(TestDatabase database) : IDisposable
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_job_reserves_its_bid_times_its_cap_and_gets_back_what_it_did_not_use()
    {
        using AccountStore store = await AnnaAsync(10);
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 100, Bid = 0.02m, Lane = JobLane.Spot, Tier = 2, Deadline = _clock.Now.AddHours(1) }, Cancel);
        Assert.Equal((JobStatus.Queued, 2m, null), (job.Status, job.Reserved, job.Charge));
        Assert.Equal((8m, 2m), await MoneyAsync(store));

        Assert.Equal(JobStatus.Running, (await store.StartAsync(job.Id, Cancel)).Status);
        Job ended = await store.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(40.5m), charge: 0.61m, answer: "Paris."), Cancel);
        Assert.Equal((JobStatus.Finished, 0.61m, 40.5m, "Paris."), (ended.Status, ended.Charge, ended.ComputeUnitsUsed, ended.Answer));
        Assert.Equal((JobLane.Spot, 2, _clock.Now.AddHours(1)), (ended.Lane, ended.Tier, ended.Deadline));
        Assert.Equal((9.39m, 0m), await MoneyAsync(store));

        StoredReceipt receipt = Assert.Single(await store.ReceiptsAsync(new() { Account = "anna" }, Cancel));
        Assert.Equal((job.Id, 0.61m, 40.5m, "EUR"), (receipt.Job, receipt.Charge, receipt.ComputeUnits, receipt.Currency));
        Assert.Equal([1, 2], receipt.Receipt.KeptTokens);
        Assert.Equal(
            [(LedgerSide.Balance, LedgerSide.Escrow, 2m), (LedgerSide.Escrow, LedgerSide.Revenue, 0.61m), (LedgerSide.Escrow, LedgerSide.Balance, 1.39m)],
            (await store.TransfersAsync(new(), Cancel)).Where(transfer => transfer.Job == job.Id).OrderByDescending(transfer => transfer.Amount == 2).ThenBy(transfer => transfer.Amount)
                .Select(transfer => (transfer.From, transfer.To, transfer.Amount)));
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task A_job_without_a_bid_reserves_its_maximum_and_pays_what_its_receipt_says()
    {
        using AccountStore store = await AnnaAsync(1);
        StoredPriceList prices = await store.AddPriceListAsync("""{ "name": "example", "version": "1", "currency": "EUR", "rates": [ { "perComputeUnit": 0.01 } ] }""", cancel: Cancel);
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 50, MaxCharge = 0.5m, Prices = prices.Prices }, Cancel);
        Assert.Equal((0.5m, "example", "1"), (job.Reserved, job.PriceList, job.PriceListVersion));
        await store.StartAsync(job.Id, Cancel);
        Assert.Equal(0.123456789m, (await store.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(12.3456789m, 0.123456789m)), Cancel)).Charge);
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task A_price_list_and_the_scheduler_are_both_reserved_for_and_both_charged()
    {
        using AccountStore store = await AnnaAsync(10);
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 100, MaxCharge = 0.5m };
        Job bids = await RunAsync(store, submission with { Id = "bids", Bid = 0.02m }), quoted = await RunAsync(store, submission with { Id = "quoted", Quote = 0.01m });
        Assert.Equal((2.5m, 1.5m, 0.01m), (bids.Reserved, quoted.Reserved, quoted.Quote));
        Receipt receipt = TestReceipt.Of(50, 0.2m) with { Market = new(0.25m, [new(0.005m, 50)]) };
        Assert.Equal(0.45m, (await store.EndAsync("bids", JobEnd.Finished(receipt), Cancel)).Charge);
        Assert.Equal(0.45m, (await store.EndAsync("quoted", JobEnd.Cancelled(receipt), Cancel)).Charge);
        Assert.Equal(2.6m, (await store.RaiseBidAsync((await store.SubmitAsync(submission with { Id = "more", Bid = 0.02m }, Cancel)).Id, 0.021m, Cancel)).Reserved);
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task A_charge_is_never_more_than_what_was_reserved()
    {
        using AccountStore store = await AnnaAsync(1);
        Job job = await RunAsync(store, new() { Account = "anna", Model = "m", ComputeUnits = 50, MaxCharge = 0.5m });
        Assert.Equal(0.5m, (await store.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(50), 0.7m), Cancel)).Charge);
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task Repeating_an_operation_changes_nothing_and_contradicting_it_is_refused()
    {
        using AccountStore store = await AnnaAsync(10);
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 100, Bid = 0.02m };
        Job first = await store.SubmitAsync(submission, Cancel);
        Assert.Equal(first, await store.SubmitAsync(submission, Cancel));
        await Assert.ThrowsAsync<JobConflictException>(() => store.SubmitAsync(submission with { Bid = 0.03m }, Cancel));

        await store.StartAsync(first.Id, Cancel);
        Assert.Equal(1, (await store.StartAsync(first.Id, Cancel)).Attempt);
        await store.RaiseBidAsync(first.Id, 0.05m, Cancel);
        Assert.Equal(5m, (await store.RaiseBidAsync(first.Id, 0.05m, Cancel)).Reserved);
        JobEnd end = JobEnd.Finished(TestReceipt.Of(40), 1);
        Job ended = await store.EndAsync(first.Id, end, Cancel);
        Assert.Equal(ended, await store.EndAsync(first.Id, JobEnd.Finished(TestReceipt.Of(40), 1), Cancel));
        Assert.Equal((9m, 0m), await MoneyAsync(store));

        foreach (JobEnd other in new[] { JobEnd.Finished(TestReceipt.Of(40), 1.1m), JobEnd.Finished(TestReceipt.Of(41), 1), JobEnd.Failed("no"), JobEnd.Cancelled(TestReceipt.Of(40), 1), JobEnd.HandedBack("no") })
            await Assert.ThrowsAsync<JobConflictException>(() => store.EndAsync(first.Id, other, Cancel));
        await Assert.ThrowsAsync<JobConflictException>(() => store.StartAsync(first.Id, Cancel));
        await Assert.ThrowsAsync<JobConflictException>(() => store.RaiseBidAsync(first.Id, 0.06m, Cancel));
        await Assert.ThrowsAsync<NotFoundException>(() => store.EndAsync("no-such-job", end, Cancel));
        Assert.Equal((9m, 0m), await MoneyAsync(store));
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task A_job_may_fail_be_cancelled_or_handed_back()
    {
        using AccountStore store = await AnnaAsync(10);
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 100, MaxCharge = 2 };
        Job failed = await RunAsync(store, submission with { Id = "a" }), cancelled = await RunAsync(store, submission with { Id = "b" });
        await store.SubmitAsync(submission with { Id = "c" }, Cancel);
        await store.SubmitAsync(submission with { Id = "d" }, Cancel);
        Assert.Equal(2m, (await MoneyAsync(store)).Balance);

        Assert.Equal((0.5m, "broken"), await EndAsync("a", JobEnd.Failed("broken", TestReceipt.Of(10), 0.5m)));
        Assert.Equal((0.25m, null), await EndAsync("b", JobEnd.Cancelled(TestReceipt.Of(5, 0.25m))));
        Assert.Equal((0m, null), await EndAsync("c", JobEnd.Cancelled()));
        Assert.Equal((0m, "too busy"), await EndAsync("d", JobEnd.HandedBack("too busy")));
        Assert.Equal((9.25m, 0m), await MoneyAsync(store));
        Assert.Equal(["a", "b"], (await store.ReceiptsAsync(new(), Cancel)).Select(receipt => receipt.Job).Order());
        Assert.Equal("d", Assert.Single(await store.JobsAsync(new() { Status = JobStatus.HandedBack }, Cancel)).Id);
        await RequireBooksAsync(store);

        async Task<(decimal?, string?)> EndAsync(string id, JobEnd end)
        {
            Job job = await store.EndAsync(id, end, Cancel);
            return (job.Charge, job.Reason);
        }
    }

    [Fact]
    public async Task A_job_that_never_started_does_not_finish()
    {
        using AccountStore store = await AnnaAsync(10);
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 100, MaxCharge = 2 }, Cancel);
        await Assert.ThrowsAsync<JobConflictException>(() => store.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(1), 1), Cancel));
        Assert.Equal((8m, 2m), await MoneyAsync(store));
    }

    [Fact]
    public async Task Terms_that_make_no_sense_are_refused()
    {
        using AccountStore store = await AnnaAsync(10);
        JobSubmission good = new() { Account = "anna", Model = "m", ComputeUnits = 1, Bid = 0.1m };
        await RefusedAsync(RefusalReason.InvalidTerms, good with { ComputeUnits = 0 }, good with { ComputeUnits = -1 }, good with { ComputeUnits = decimal.MaxValue }, good with { Bid = -0.1m },
            good with { Bid = decimal.MaxValue }, good with { Bid = 0.0000000001m }, good with { Quote = 1 }, good with { Bid = null, Quote = -1 }, good with { MaxCharge = -1 }, good with { Tier = 4 }, good with { Id = "" });
        await RefusedAsync(RefusalReason.UnknownAccount, good with { Account = "bert" });
        await RefusedAsync(RefusalReason.DeadlinePassed, good with { Deadline = _clock.Now });
        await RefusedAsync(RefusalReason.InsufficientBalance, good with { Bid = 10.000000001m }, good with { Bid = 1_000_000_000, ComputeUnits = Budget.MaxComputeUnits });
        PriceList unknown = PriceList.Parse("""{ "name": "example", "version": "1", "currency": "EUR", "rates": [ { } ] }"""), dollars = PriceList.Parse("""{ "name": "example", "version": "1", "currency": "USD", "rates": [ { } ] }""");
        await RefusedAsync(RefusalReason.WrongPriceList, good with { Prices = unknown }, good with { Prices = dollars });
        await store.ChangeAccountAsync("anna", account => account with { Enabled = false }, Cancel);
        await RefusedAsync(RefusalReason.AccountDisabled, good);
        Assert.Empty(await store.JobsAsync(new(), Cancel));
        Assert.Equal((10m, 0m), await MoneyAsync(store));

        async Task RefusedAsync(RefusalReason reason, params JobSubmission[] jobs)
        {
            foreach (JobSubmission job in jobs)
                Assert.Equal(reason, (await Assert.ThrowsAsync<JobRefusedException>(() => store.SubmitAsync(job, Cancel))).Reason);
        }
    }

    [Fact]
    public async Task A_limit_of_a_request_refuses_it_for_good()
    {
        using AccountStore store = await AnnaAsync(10, new() { ComputeUnitsPerRequest = 100, AmountPerRequest = 2 });
        JobRefusedException large = await RefusedAsync(store, new() { Account = "anna", Model = "m", ComputeUnits = 100.1m }), dear = await RefusedAsync(store, new() { Account = "anna", Model = "m", ComputeUnits = 100, Bid = 0.021m });
        Assert.Equal((RefusalReason.OverRequestLimit, RefusalReason.OverRequestLimit, null, null), (large.Reason, dear.Reason, large.RetryAfter, dear.RetryAfter));
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 100, Bid = 0.02m }, Cancel);
        Assert.Equal(RefusalReason.OverRequestLimit, (await Assert.ThrowsAsync<JobRefusedException>(() => store.RaiseBidAsync(job.Id, 0.03m, Cancel))).Reason);
    }

    [Fact]
    public async Task A_limit_of_a_minute_says_when_to_try_again_and_counts_what_was_used()
    {
        using AccountStore store = await AnnaAsync(10, new() { ComputeUnitsPerMinute = 100, AmountPerDay = 1 });
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 60, MaxCharge = 0.4m };
        Job first = await RunAsync(store, submission with { Id = "1" });
        JobRefusedException refused = await RefusedAsync(store, submission);
        Assert.Equal((RefusalReason.OverMinuteLimit, TimeSpan.FromSeconds(45)), (refused.Reason, refused.RetryAfter));

        // It used 10 of its 60 CU, and so 90 are left.
        await store.EndAsync(first.Id, JobEnd.Finished(TestReceipt.Of(10), 0.1m), Cancel);
        await RunAsync(store, submission with { Id = "2" });
        Assert.Equal(RefusalReason.OverMinuteLimit, (await RefusedAsync(store, submission)).Reason);
        Assert.Null((await RefusedAsync(store, submission with { ComputeUnits = 101, Bid = 0, MaxCharge = 0 })).RetryAfter);

        _clock.Now += TimeSpan.FromSeconds(45);
        await RunAsync(store, submission with { Id = "3" });
        _clock.Now += TimeSpan.FromMinutes(1);
        refused = await RefusedAsync(store, submission);
        Assert.Equal((RefusalReason.OverDayLimit, _clock.Now.Date.AddDays(1) - _clock.Now.DateTime), (refused.Reason, refused.RetryAfter));
        _clock.Now += refused.RetryAfter!.Value;
        await store.SubmitAsync(submission with { Id = "4" }, Cancel);

        // What ends today counts where it was submitted.
        await store.EndAsync("3", JobEnd.Finished(TestReceipt.Of(60), 0), Cancel);
        Assert.Equal(RefusalReason.OverMinuteLimit, (await RefusedAsync(store, submission)).Reason);
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_lift_a_limit()
    {
        using AccountStore store = await AnnaAsync(10, new() { ComputeUnitsPerMinute = 100 });
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 60 };
        await store.SubmitAsync(submission with { Id = "1" }, Cancel);
        _clock.Now -= TimeSpan.FromMinutes(5);
        Assert.Equal(RefusalReason.OverMinuteLimit, (await RefusedAsync(store, submission with { Id = "2" })).Reason);
    }

    [Fact]
    public async Task A_bid_is_raised_within_balance_and_only_upwards()
    {
        using AccountStore store = await AnnaAsync(3);
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 100, Bid = 0.01m }, Cancel), posted = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 1 }, Cancel);
        Assert.Equal(2.5m, (await store.RaiseBidAsync(job.Id, 0.025m, Cancel)).Reserved);
        Assert.Equal(RefusalReason.InvalidTerms, (await Assert.ThrowsAsync<JobRefusedException>(() => store.RaiseBidAsync(job.Id, 0.02m, Cancel))).Reason);
        Assert.Equal(RefusalReason.InsufficientBalance, (await Assert.ThrowsAsync<JobRefusedException>(() => store.RaiseBidAsync(job.Id, 0.031m, Cancel))).Reason);
        await Assert.ThrowsAsync<JobConflictException>(() => store.RaiseBidAsync(posted.Id, 1, Cancel));
        Assert.Equal((0.5m, 2.5m), await MoneyAsync(store));
        await RequireBooksAsync(store);
    }

    [Fact]
    public async Task A_server_that_starts_again_takes_up_its_jobs()
    {
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 };
        using AccountStore before = await AnnaAsync(10);
        await before.BecomeServerAsync("here:8080", Cancel);
        await before.SubmitAsync(submission with { Id = "kept", Request = "{}" }, Cancel);
        await before.StartAsync("kept", Cancel);
        await before.SubmitAsync(submission with { Id = "lost" }, Cancel);
        Assert.Empty((await before.RecoverAsync(Cancel)).Requeued);

        using AccountStore after = await database.OpenAsync(_clock);
        await after.BecomeServerAsync("here:8080", Cancel);
        Recovery recovery = await after.RecoverAsync(Cancel);
        Assert.Equal(("kept", JobStatus.Queued, "{}"), recovery.Requeued.Select(job => (job.Id, job.Status, job.Request)).Single());
        Assert.Equal(("lost", JobStatus.HandedBack), recovery.Ended.Select(job => (job.Id, job.Status)).Single());
        Assert.Equal((9m, 1m), await MoneyAsync(after));

        // The one before may still be about: its jobs are no longer its own.
        await Assert.ThrowsAsync<JobConflictException>(() => before.EndAsync("kept", JobEnd.Cancelled(), Cancel));
        await Assert.ThrowsAsync<ServerReplacedException>(() => before.RenewLeaseAsync([], Cancel));
        Assert.Equal(2, (await after.StartAsync("kept", Cancel)).Attempt);
        Job ended = await after.EndAsync("kept", JobEnd.Finished(TestReceipt.Of(1), 1), Cancel);
        Assert.Null(ended.Request);
        await RequireBooksAsync(after);
    }

    [Fact]
    public async Task Jobs_of_another_server_are_taken_when_its_lease_is_over_and_not_before()
    {
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1, Request = "{}" };
        using AccountStore one = await AnnaAsync(10), two = await database.OpenAsync(_clock);
        await one.BecomeServerAsync("one", Cancel);
        await two.BecomeServerAsync("two", Cancel);
        Job job = await one.SubmitAsync(submission, Cancel);
        await Assert.ThrowsAsync<JobConflictException>(() => two.StartAsync(job.Id, Cancel));
        _clock.Now += TimeSpan.FromSeconds(20);
        Assert.Empty((await one.RenewLeaseAsync([job.Id], Cancel)).Lost);
        _clock.Now += TimeSpan.FromSeconds(20);
        await two.RenewLeaseAsync([], Cancel);
        Assert.Empty((await two.RecoverAsync(Cancel)).Requeued);
        _clock.Now += TimeSpan.FromSeconds(20);
        Assert.Equal(job.Id, Assert.Single((await two.RecoverAsync(Cancel)).Requeued).Id);
        await two.StartAsync(job.Id, Cancel);
        await Assert.ThrowsAsync<JobConflictException>(() => one.EndAsync(job.Id, JobEnd.Cancelled(), Cancel));
    }

    [Fact]
    public async Task A_server_that_was_silent_for_too_long_learns_which_jobs_it_lost_and_keeps_the_others()
    {
        JobSubmission submission = new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1, Request = "{}" };
        using AccountStore one = await AnnaAsync(10), two = await database.OpenAsync(_clock);
        await one.BecomeServerAsync("one", Cancel);
        string[] ids = ["taken", "ended", "late", "waited for", "of another model"];
        await one.SubmitAsync(submission with { Id = ids[0] }, Cancel);
        await RunAsync(one, submission with { Id = ids[1] });
        await one.SubmitAsync(submission with { Id = ids[2], Deadline = _clock.Now.AddSeconds(20) }, Cancel);
        await one.SubmitAsync(submission with { Id = ids[3], Request = null }, Cancel);
        await one.SubmitAsync(submission with { Id = ids[4], Model = "n" }, Cancel);
        _clock.Now += TimeSpan.FromSeconds(40);

        // It may look for jobs of others before it renews its lease: its own are no loot.
        Recovery own = await one.RecoverAsync(Cancel);
        Assert.Empty(own.Requeued.Concat(own.Ended));

        await one.EndAsync("ended", JobEnd.Finished(TestReceipt.Of(1), 1), Cancel);
        await two.BecomeServerAsync("two", Cancel);
        Recovery recovery = await two.RecoverAsync(["m"], Cancel);
        Assert.Equal(["taken"], recovery.Requeued.Select(static job => job.Id));
        Assert.Equal([("late", JobStatus.Cancelled, "Its deadline passed before it was complete."), ("waited for", JobStatus.HandedBack, "The server ended before the job did, and its client's connection with it.")],
            recovery.Ended.Select(static job => (job.Id, job.Status, job.Reason)));

        LeaseRenewal renewal = await one.RenewLeaseAsync(ids, Cancel);
        Assert.Equal(["late", "taken", "waited for"], renewal.Lost.Order(StringComparer.Ordinal));
        Assert.Equal([new HeldJob("of another model", false, null)], renewal.Held);
        await two.StartAsync("taken", Cancel);
        await two.EndAsync("taken", JobEnd.Finished(TestReceipt.Of(1), 1), Cancel);
        foreach (string lost in renewal.Lost)
            await Assert.ThrowsAsync<JobConflictException>(() => one.EndAsync(lost, JobEnd.Cancelled(TestReceipt.Of(1), 1), Cancel));

        Assert.Equal(["ended", "taken"], (await one.ReceiptsAsync(new(), Cancel)).Select(static receipt => receipt.Job).Order(StringComparer.Ordinal));
        await RequireBooksAsync(one);
    }

    [Fact]
    public async Task A_job_that_brings_its_server_down_is_given_up_after_three_attempts()
    {
        using AccountStore store = await AnnaAsync(10);
        await store.BecomeServerAsync("here", Cancel);
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1, Request = "{}" }, Cancel);
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            await store.StartAsync(job.Id, Cancel);
            await store.BecomeServerAsync("here", Cancel);
            Recovery recovery = await store.RecoverAsync(Cancel);
            Assert.Equal(attempt < 3 ? JobStatus.Queued : JobStatus.Failed, recovery.Requeued.Concat(recovery.Ended).Single().Status);
        }

        Assert.Equal((10m, 0m), await MoneyAsync(store));
    }

    [Fact]
    public async Task A_request_to_cancel_reaches_the_server_with_its_lease()
    {
        using AccountStore server = await AnnaAsync(10), other = await database.OpenAsync(_clock);
        Job free = await other.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 }, Cancel);
        Assert.Equal(JobStatus.Cancelled, (await other.RequestCancelAsync(free.Id, Cancel)).Status);

        await server.BecomeServerAsync("here", Cancel);
        Job job = await RunAsync(server, new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 });
        Assert.True((await other.RequestCancelAsync(job.Id, Cancel)).CancelRequested);
        Assert.Equal([new HeldJob(job.Id, true, null)], (await server.RenewLeaseAsync([job.Id], Cancel)).Held);
        await Assert.ThrowsAsync<JobConflictException>(() => other.EndAsync(job.Id, JobEnd.Cancelled(), Cancel));
        await server.EndAsync(job.Id, JobEnd.Cancelled(TestReceipt.Of(0.5m), 0.5m), Cancel);
        Assert.Empty((await server.RenewLeaseAsync([job.Id], Cancel)).Held);
        Assert.Equal((9.5m, 0m), await MoneyAsync(server));
    }

    [Fact]
    public async Task Watching_a_job_shows_every_state_that_was_seen_and_ends_with_it()
    {
        using AccountStore store = await AnnaAsync(10);
        Job job = await store.SubmitAsync(new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 1 }, Cancel);
        List<JobStatus> states = [];
        await foreach (Job seen in store.WatchAsync(job.Id, TimeSpan.FromMilliseconds(5), Cancel))
        {
            states.Add(seen.Status);
            if (seen.Status == JobStatus.Queued)
                await store.StartAsync(job.Id, Cancel);
            else if (seen.Status == JobStatus.Running)
                await store.EndAsync(job.Id, JobEnd.Cancelled(), Cancel);
        }

        Assert.Equal([JobStatus.Queued, JobStatus.Running, JobStatus.Cancelled], states);
    }

    [Fact]
    public async Task Many_writers_spend_a_balance_exactly_once()
    {
        // 8 stores, as 8 processes have them, and 10 EUR for at most 100 jobs.
        using (AccountStore first = await AnnaAsync(10))
            Assert.Equal((10m, 0m), await MoneyAsync(first));

        int[] submitted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(SpendAsync, Cancel)));
        Assert.Equal(100, submitted.Sum());
        using AccountStore store = await database.OpenAsync(_clock);
        Assert.Equal((0m, 0m), await MoneyAsync(store));
        Assert.Equal(100, (await store.ReceiptsAsync(new() { Maximum = 1000 }, Cancel)).Count);
        await RequireBooksAsync(store);

        async Task<int> SpendAsync()
        {
            using AccountStore own = await database.OpenAsync(_clock);
            for (int jobs = 0; ; jobs++)
            {
                try
                {
                    Job job = await RunAsync(own, new() { Account = "anna", Model = "m", ComputeUnits = 1, MaxCharge = 0.1m });
                    await own.EndAsync(job.Id, JobEnd.Finished(TestReceipt.Of(1), 0.1m), Cancel);
                }
                catch (JobRefusedException refused) when (refused.Reason == RefusalReason.InsufficientBalance)
                {
                    return jobs;
                }
            }
        }
    }

    private async Task<AccountStore> AnnaAsync(decimal balance, AccountLimits? limits = null)
    {
        AccountStore store = await database.OpenAsync(_clock);
        await store.AddAccountAsync(new() { Name = "anna", Currency = "EUR", Limits = limits ?? new() }, Cancel);
        await store.DepositAsync("anna", balance, null, Cancel);
        return store;
    }

    private static async Task<Job> RunAsync(AccountStore store, JobSubmission submission)
    {
        Job job = await store.SubmitAsync(submission, Cancel);
        return await store.StartAsync(job.Id, Cancel);
    }

    private static async Task<(decimal Balance, decimal Escrow)> MoneyAsync(AccountStore store)
    {
        Account account = (await store.FindAccountAsync("anna", Cancel))!;
        return (account.Balance, account.Escrow);
    }

    private static async Task RequireBooksAsync(AccountStore store) => Assert.Empty((await store.AuditAsync(Cancel)).Faults);

    private static async Task<JobRefusedException> RefusedAsync(AccountStore store, JobSubmission submission) => await Assert.ThrowsAsync<JobRefusedException>(() => store.SubmitAsync(submission, Cancel));
}
