using System.Globalization;
using Spud.Accounts;

namespace Spud.Host;

/// <summary>Accounts, jobs, receipts and price lists as tables. Times are local.</summary>
internal static class AccountTables
{
    /// <summary>Accounts.</summary>
    public static void Write(TextWriter to, List<Account> accounts)
    {
        if (accounts.Count == 0)
        {
            to.WriteLine("No accounts.");
            return;
        }

        TextTable table = new("<>><><<");
        table.Add("account", "balance", "reserved", "", "weight", "limits", "");
        foreach (Account account in accounts)
            table.Add(account.Name, Money(account.Balance), Money(account.Escrow), account.Currency, Number(account.Weight), Limits(account), account.Enabled ? "" : "disabled");
        table.Write(to, "");
    }

    /// <summary>An account.</summary>
    public static void Write(TextWriter to, Account account, List<ApiKey> keys, List<Transfer> transfers)
    {
        to.WriteLine($"{account.Name}{(account.Enabled ? "" : ", disabled")}");
        TextTable table = new("<<");
        table.Add("balance", $"{Money(account.Balance)} {account.Currency}");
        table.Add("reserved", $"{Money(account.Escrow)} {account.Currency}");
        table.Add("weight", Number(account.Weight));
        table.Add("limits", Limits(account));
        table.Add("since", Time(account.Created));
        table.Write(to);
        if (keys.Count > 0)
            WriteKeys(to, keys);
        if (transfers.Count > 0)
            WriteTransfers(to, transfers);
    }

    /// <summary>Jobs.</summary>
    public static void Write(TextWriter to, List<Job> jobs)
    {
        if (jobs.Count == 0)
        {
            to.WriteLine("No jobs.");
            return;
        }

        TextTable table = new("<<<<>>>><<");
        table.Add("job", "account", "model", "status", "cap CU", "used CU", "bid", "charge", "", "submitted");
        foreach (Job job in jobs)
        {
            table.Add(job.Id, job.Account, job.Model, Status(job), Number(job.ComputeUnits), job.ComputeUnitsUsed is { } used ? Number(used) : "", job.Bid is { } bid ? Money(bid) : "",
                job.Charge is { } charge ? Money(charge) : $"≤ {Money(job.Reserved)}", job.Currency, Time(job.Submitted));
        }

        table.Write(to, "");
    }

    /// <summary>A job.</summary>
    public static void Write(TextWriter to, Job job)
    {
        TextTable table = new("<<");
        table.Add("job", job.Id);
        table.Add("status", $"{Status(job)}{(job.Reason is { } reason ? $": {reason}" : "")}");
        table.Add("account", $"{job.Account}{(job.Key is { } key ? $", key {key}" : "")}");
        table.Add("model", job.Model);
        table.Add("cap", $"{Number(job.ComputeUnits)} CU");
        string?[] prices =
        [
            job.Bid is { } bid ? $"bid {Money(bid)} {job.Currency} for a CU" : null, job.Quote is { } quote ? $"quoted {Money(quote)} {job.Currency} for a CU" : null,
            job.PriceList is { } list ? $"price list '{list}' {job.PriceListVersion}" : null,
        ];
        table.Add("price", string.Join(", ", prices.OfType<string>().DefaultIfEmpty("none")));
        table.Add("reserved", $"{Money(job.Reserved)} {job.Currency}");
        if (job.Charge is { } charge)
            table.Add("charge", $"{Money(charge)} {job.Currency}{(job.ComputeUnitsUsed is { } used ? $" for {Number(used)} CU" : "")}");
        table.Add("lane, tier", $"{job.Lane.ToString().ToLowerInvariant()}, {job.Tier}");
        foreach ((string name, DateTimeOffset? time) in new[] { ("deadline", job.Deadline), ("submitted", job.Submitted), ("started", job.Started), ("ended", job.Ended) })
        {
            if (time is { } known)
                table.Add(name, Time(known));
        }

        if (job.Server is { } server)
            table.Add("server", $"{server}{(job.Attempt > 1 ? $", attempt {job.Attempt}" : "")}");
        table.Write(to, "");
    }

    /// <summary>Receipts, with their sum.</summary>
    public static void Write(TextWriter to, List<StoredReceipt> receipts)
    {
        if (receipts.Count == 0)
        {
            to.WriteLine("No receipts.");
            return;
        }

        TextTable table = new("<<<>><");
        table.Add("time", "job", "account", "CU", "charge", "");
        foreach (StoredReceipt receipt in receipts)
            table.Add(Time(receipt.Made), receipt.Job, receipt.Account, Number(receipt.ComputeUnits), Money(receipt.Charge), receipt.Currency);
        foreach (IGrouping<string, StoredReceipt> group in receipts.GroupBy(static receipt => receipt.Currency))
            table.Add("total", "", "", Number(group.Sum(static receipt => receipt.ComputeUnits)), Money(group.Sum(static receipt => receipt.Charge)), group.Key);
        table.Write(to, "");
    }

    /// <summary>Price lists.</summary>
    public static void Write(TextWriter to, List<StoredPriceList> lists)
    {
        if (lists.Count == 0)
        {
            to.WriteLine("No price lists.");
            return;
        }

        TextTable table = new("<<<<<");
        table.Add("name", "version", "currency", "added", "");
        foreach (StoredPriceList list in lists)
            table.Add(list.Name, list.Version, list.Currency, Time(list.Added), list.Applies ? "applies to new jobs" : "");
        table.Write(to, "");
    }

    /// <summary>The books.</summary>
    public static void Write(TextWriter to, IReadOnlyList<Books> books)
    {
        TextTable table = new("<>>>>>");
        table.Add("", "deposited", "balances", "reserved", "revenue", "receipts");
        foreach (Books book in books)
            table.Add(book.Currency, Money(book.Deposited), Money(book.Balances), Money(book.Escrow), Money(book.Revenue), $"{book.Receipts}");
        table.Write(to, "");
    }

    /// <summary>An account's limits in words.</summary>
    public static string Limits(Account account)
    {
        AccountLimits limits = account.Limits;
        (string, decimal?, decimal?)[] all =
        [
            ("a request", limits.ComputeUnitsPerRequest, limits.AmountPerRequest), ("a minute", limits.ComputeUnitsPerMinute, limits.AmountPerMinute), ("a day", limits.ComputeUnitsPerDay, limits.AmountPerDay),
        ];
        string[] texts = [.. all.SelectMany(limit => new[] { limit.Item2 is { } units ? $"{Number(units)} CU {limit.Item1}" : null, limit.Item3 is { } amount ? $"{Money(amount)} {account.Currency} {limit.Item1}" : null }).OfType<string>()];
        return texts.Length == 0 ? "no limits" : string.Join(", ", texts);
    }

    /// <summary>An amount.</summary>
    public static string Money(decimal amount) => amount.ToString("0.00#######", CultureInfo.InvariantCulture);

    private static void WriteKeys(TextWriter to, List<ApiKey> keys)
    {
        to.WriteLine("keys");
        TextTable table = new("<<<<");
        foreach (ApiKey key in keys)
            table.Add(key.Id, key.Name, key.LastUsed is { } used ? $"used {Time(used)}" : "never used", key.Revoked is { } revoked ? $"revoked {Time(revoked)}" : "");
        table.Write(to);
    }

    private static void WriteTransfers(TextWriter to, List<Transfer> transfers)
    {
        to.WriteLine("money");
        TextTable table = new("<<><");
        foreach (Transfer transfer in transfers)
            table.Add(Time(transfer.Time), $"{transfer.From} → {transfer.To}".ToLowerInvariant(), Money(transfer.Amount), transfer.Job ?? transfer.Note ?? "");
        table.Write(to);
    }

    private static string Status(Job job) => job switch
    {
        { Status: JobStatus.HandedBack } => "handed back",
        { IsOpen: true, CancelRequested: true } => "being cancelled",
        _ => job.Status.ToString().ToLowerInvariant(),
    };

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
