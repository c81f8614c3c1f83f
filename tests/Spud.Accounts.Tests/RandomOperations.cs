using Spud.Accounts.Crashes;

namespace Spud.Accounts.Tests;

/// <summary>
/// Random operations, on the store and on the rules written down again in memory, in the plainest way: every job is kept, and what a minute or a day
/// used is summed over all of them.
/// </summary>
/// <param name="store">The store, of a server.</param>
/// <param name="clock">Its clock.</param>
/// <param name="seed">Of the random numbers.</param>
internal sealed class RandomOperations(AccountStore store, ManualClock clock, int seed)
{
    private const int Names = 3;

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, ModelAccount> _accounts = [];
    private readonly Dictionary<string, ModelJob> _jobs = [];
    private int _number;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What was refused, ended and so on, so that a test sees that it met everything.</summary>
    public HashSet<string> Met { get; } = [];

    /// <summary>Makes the accounts.</summary>
    public async Task BeginAsync()
    {
        for (int i = 0; i < Names; i++)
        {
            await store.AddAccountAsync(new() { Name = $"a{i}", Currency = "EUR" }, Cancel);
            _accounts.Add($"a{i}", new());
        }
    }

    /// <summary>One operation, compared.</summary>
    public async Task StepAsync()
    {
        string name = $"a{_random.Next(Names)}";
        ModelAccount account = _accounts[name];
        switch (_random.Next(12))
        {
            case 0:
                decimal deposit = Amount(3);
                await store.DepositAsync(name, deposit, null, Cancel);
                account.Balance += deposit;
                break;
            case 1:
                await WithdrawAsync(name, account, Amount(2));
                break;
            case 2:
                await LimitAsync(name, account);
                break;
            case 3:
                clock.Now += TimeSpan.FromSeconds(_random.Next(1, _random.Next(20) == 0 ? 90_000 : 40));
                break;
            case 4 or 5 or 6 or 7:
                await SubmitAsync(name, account);
                break;
            case 8:
                await RaiseAsync();
                break;
            case 9:
                await StartAsync();
                break;
            default:
                await EndAsync();
                break;
        }

        await CompareAsync(name);
    }

    /// <summary>Compares everything.</summary>
    public async Task CompareAllAsync()
    {
        foreach (string name in _accounts.Keys)
            await CompareAsync(name);

        Audit audit = await store.AuditAsync(Cancel);
        Assert.Empty(audit.Faults);
        Assert.Equal(_jobs.Values.Sum(static job => job.Charge ?? 0), audit.Books.Single().Revenue);
        List<StoredReceipt> receipts = await store.ReceiptsAsync(new() { Maximum = int.MaxValue }, Cancel);
        Assert.Equal(_jobs.Where(static job => job.Value.HasReceipt).Select(static job => (job.Key, job.Value.Charge!.Value)).Order(), receipts.Select(static receipt => (receipt.Job, receipt.Charge)).Order());
        List<Job> jobs = await store.JobsAsync(new() { Maximum = int.MaxValue }, Cancel);
        Assert.Equal(_jobs.Select(static job => (job.Key, job.Value.Status, job.Value.Reserved, job.Value.Charge)).Order(), jobs.Select(static job => (job.Id, job.Status, job.Reserved, job.Charge)).Order());
    }

    private async Task CompareAsync(string name)
    {
        Account account = (await store.FindAccountAsync(name, Cancel))!;
        Assert.Equal((_accounts[name].Balance, Open(name).Sum(static job => job.Reserved)), (account.Balance, account.Escrow));
        Assert.True(account.Balance >= 0);
    }

    private async Task WithdrawAsync(string name, ModelAccount account, decimal amount)
    {
        bool may = amount <= account.Balance;
        Exception? fault = await Record.ExceptionAsync(() => store.WithdrawAsync(name, amount, null, Cancel));
        Assert.Equal(may, fault is null);
        account.Balance -= may ? amount : 0;
        Met.Add(may ? "withdrawn" : "not withdrawn");
    }

    private async Task LimitAsync(string name, ModelAccount account)
    {
        account.Enabled = _random.Next(4) > 0;
        account.Limits = new()
        {
            ComputeUnitsPerRequest = Maybe(150), AmountPerRequest = Maybe(2), ComputeUnitsPerMinute = Maybe(300), AmountPerMinute = Maybe(4), ComputeUnitsPerDay = Maybe(2000), AmountPerDay = Maybe(20),
        };
        await store.ChangeAccountAsync(name, old => old with { Enabled = account.Enabled, Limits = account.Limits }, Cancel);

        decimal? Maybe(int most) => _random.Next(3) == 0 ? _random.Next(1, most) : null;
    }

    private async Task SubmitAsync(string name, ModelAccount account)
    {
        decimal units = _random.Next(1, 100);
        decimal? bid = _random.Next(2) == 0 ? Amount(0.02m) : null;
        JobSubmission submission = new() { Id = $"job-{seed}-{_number++}", Account = name, Model = "m", ComputeUnits = units, Bid = bid, MaxCharge = bid is null ? Amount(1) : 0 };
        ModelJob job = new() { Account = name, ComputeUnits = units, Bid = bid, Reserved = bid * units ?? submission.MaxCharge, Submitted = clock.Now };
        RefusalReason? expected = account.Enabled ? Refusal(account, job, units, job.Reserved) : RefusalReason.AccountDisabled;
        Assert.Equal(expected, await RefusedAsync(() => store.SubmitAsync(submission, Cancel)));
        if (expected is not null)
            return;

        if (_random.Next(4) == 0)
            await store.SubmitAsync(submission, Cancel);
        account.Balance -= job.Reserved;
        _jobs.Add(submission.Id, job);
    }

    private async Task RaiseAsync()
    {
        if (AnyOpen() is not ({ } id, { Bid: { } before } job))
            return;

        decimal bid = before + Amount(0.02m), reserved = bid * job.ComputeUnits;
        ModelAccount account = _accounts[job.Account];
        RefusalReason? expected = Refusal(account, job, 0, reserved - job.Reserved, reserved);
        Assert.Equal(expected, await RefusedAsync(() => store.RaiseBidAsync(id, bid, Cancel)));
        if (expected is not null)
            return;

        Met.Add("raised");
        account.Balance -= reserved - job.Reserved;
        (job.Bid, job.Reserved) = (bid, reserved);
    }

    private async Task StartAsync()
    {
        if (AnyOpen() is not ({ } id, { } job))
            return;

        await store.StartAsync(id, Cancel);
        job.Status = JobStatus.Running;
    }

    private async Task EndAsync()
    {
        if (_jobs.Count == 0)
            return;

        (string id, ModelJob job) = _jobs.ElementAt(_random.Next(_jobs.Count));
        decimal used = _random.Next((int)job.ComputeUnits + 1), charge = Amount(1);
        JobEnd end = _random.Next(5) switch
        {
            0 => JobEnd.Failed("broken", TestReceipt.Of(used), charge),
            1 => JobEnd.Cancelled(),
            2 => JobEnd.HandedBack("busy"),
            _ => JobEnd.Finished(TestReceipt.Of(used), charge),
        };
        bool may = job.Charge is null && (end.Status != JobStatus.Finished || job.Status == JobStatus.Running);
        Exception? fault = await Record.ExceptionAsync(() => store.EndAsync(id, end, Cancel));

        // Without a receipt, two ends of one kind have the same content.
        bool isRepeated = !may && !job.HasReceipt && end.Receipt is null && job.Status == end.Status;
        Assert.Equal(may || isRepeated, fault is not JobConflictException);
        if (!may)
        {
            Met.Add("not ended");
            return;
        }

        Assert.Null(fault);
        Met.Add($"{end.Status}");
        job.End(end, used);
        _accounts[job.Account].Balance += job.Reserved - job.Charge!.Value;
        if (_random.Next(3) == 0)
            await store.EndAsync(id, end, Cancel);
    }

    private RefusalReason? Refusal(ModelAccount account, ModelJob job, decimal units, decimal amount, decimal? whole = null)
    {
        AccountLimits limits = account.Limits;
        if (job.ComputeUnits > limits.ComputeUnitsPerRequest || (whole ?? amount) > limits.AmountPerRequest)
            return RefusalReason.OverRequestLimit;

        ModelJob[] all = [.. _jobs.Values.Where(other => other.Account == job.Account)];
        if (Over(all.Where(other => other.Submitted.Date == clock.Now.Date), job.Submitted.Date == clock.Now.Date, limits.ComputeUnitsPerDay, limits.AmountPerDay))
            return RefusalReason.OverDayLimit;
        if (Over(all.Where(other => MinuteOf(other.Submitted) == MinuteOf(clock.Now)), MinuteOf(job.Submitted) == MinuteOf(clock.Now), limits.ComputeUnitsPerMinute, limits.AmountPerMinute))
            return RefusalReason.OverMinuteLimit;

        return account.Balance < amount ? RefusalReason.InsufficientBalance : null;

        bool Over(IEnumerable<ModelJob> counted, bool counts, decimal? maxUnits, decimal? maxAmount) =>
            counts && (counted.Sum(static other => other.UsedUnits) + units > maxUnits || counted.Sum(static other => other.Charge ?? other.Reserved) + amount > maxAmount);
    }

    private async Task<RefusalReason?> RefusedAsync(Func<Task> operation)
    {
        RefusalReason? reason = await Record.ExceptionAsync(operation) switch { null => null, JobRefusedException refused => refused.Reason, var other => throw new InvalidOperationException(null, other) };
        Met.Add($"{reason}");
        return reason;
    }

    private (string? Id, ModelJob? Job) AnyOpen()
    {
        KeyValuePair<string, ModelJob>[] open = [.. _jobs.Where(static job => job.Value.Charge is null)];
        return open.Length == 0 ? (null, null) : open[_random.Next(open.Length)] is var (id, job) ? (id, job) : default;
    }

    private IEnumerable<ModelJob> Open(string name) => _jobs.Values.Where(job => job.Account == name && job.Charge is null);

    private decimal Amount(decimal most) => decimal.Round((decimal)_random.NextDouble() * most, 9) + 0.000000001m;

    private static long MinuteOf(DateTimeOffset time) => time.Ticks / TimeSpan.TicksPerMinute;

    private sealed class ModelAccount
    {
        public decimal Balance { get; set; }

        public bool Enabled { get; set; } = true;

        public AccountLimits Limits { get; set; } = new();
    }

    private sealed class ModelJob
    {
        public required string Account { get; init; }

        public decimal ComputeUnits { get; init; }

        public DateTimeOffset Submitted { get; init; }

        public decimal? Bid { get; set; }

        public decimal Reserved { get; set; }

        public JobStatus Status { get; set; }

        public decimal? Charge { get; private set; }

        public bool HasReceipt { get; private set; }

        public decimal UsedUnits { get => Charge is null ? ComputeUnits : field; private set; }

        public void End(JobEnd end, decimal used)
        {
            (Status, Charge, HasReceipt) = (end.Status, Math.Min(end.Charge, Reserved), end.Receipt is not null);
            UsedUnits = HasReceipt ? used : 0;
        }
    }
}
