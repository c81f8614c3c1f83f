using System.Globalization;
using Spud.Evaluation.Markets;

namespace Spud.Host;

/// <summary>A simulation as tables: one line for each scheduler, and one for each account under each of them.</summary>
internal static class MarketTable
{
    /// <summary>Heads of the columns of <see cref="Summary"/>.</summary>
    public static string[] SummaryHeads { get; } = ["scheduler", "value served", "of offered", "revenue", "Jain", "least", "starved", "late", "busy", "sequences used"];

    /// <summary>Heads of the columns of <see cref="Account"/>.</summary>
    public static string[] AccountHeads { get; } = ["account", "weight", "jobs", "finished", "late", "declined", "starved", "CU", "value", "paid", "wait p50", "p95", "most"];

    public static void Write(MarketReport report, TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Scenario}: {report.Seconds:0.#} s, seed {report.Seed}"));
        TextTable summary = new("<>>>>>>>>>");
        summary.Add(SummaryHeads);
        foreach (MarketResult result in report.Results)
            summary.Add(Summary(result));
        summary.Write(to);
        foreach (MarketResult result in report.Results)
        {
            to.WriteLine();
            to.WriteLine($"{result.Scheduler}, by account (waiting times in seconds)");
            TextTable accounts = new("<>>>>>>>>>>>>");
            accounts.Add(AccountHeads);
            foreach (AccountOutcome account in result.Accounts)
                accounts.Add(Account(account));
            accounts.Write(to);
        }
    }

    public static string[] Summary(MarketResult result) =>
    [
        result.Scheduler, Money(result.ValueServed), result.ValueOffered > 0 ? Percent(result.ValueServed / result.ValueOffered) : "-", Money(result.Revenue),
        Index(result.JainMean), Index(result.JainLeast), $"{result.Starved}", $"{result.Accounts.Sum(static account => account.Late)}", Percent(result.Busy), result.SlotsUsed is { } used ? Percent(used) : "-",
    ];

    public static string[] Account(AccountOutcome account) =>
    [
        account.Account, Number(account.Weight, "0.##"), $"{account.Jobs}", $"{account.Finished}", $"{account.Late}", $"{account.Declined}", $"{account.Starved}", Number(account.ComputeUnits, "0.0"),
        Money(account.ValueServed), Money(account.Paid), Number(account.WaitMedian, "0.00"), Number(account.Wait95, "0.00"), Number(account.WaitMost, "0.00"),
    ];

    // Prices per CU are small: three digits that count.
    private static string Money(double amount) => amount == 0 ? "0" : Math.Abs(amount) >= 0.01 ? Number(amount, "0.####") : amount.ToString("0.00e0", CultureInfo.InvariantCulture);

    private static string Index(double? jain) => jain is { } value ? Number(value, "0.0000") : "-";

    private static string Percent(double part) => Number(100 * part, "0.0") + " %";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
