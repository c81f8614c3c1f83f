using System.Diagnostics;
using System.Globalization;

namespace Spud.Accounts.Crashes;

/// <summary>Kills a process among random jobs, round after round, and checks after each that nothing that was acknowledged is lost or doubled.</summary>
/// <param name="target">The database.</param>
public sealed class CrashRounds(string target)
{
    private const decimal Deposit = 10_000;
    private const int LongestMilliseconds = 400;

    private readonly HashSet<string> _submitted = [], _ended = [];

    /// <summary>Runs the rounds, and then ends what is open.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="say">Receives a line for each round.</param>
    /// <param name="cancel">Ends them.</param>
    /// <exception cref="InvalidOperationException">The books are wrong.</exception>
    public async Task RunAsync(int rounds, Action<string> say, CancellationToken cancel)
    {
        using AccountStore store = await AccountStore.OpenAsync(new() { Database = target }, cancel).ConfigureAwait(false);
        for (int i = 0; i < CrashJob.Accounts; i++)
        {
            await store.AddAccountAsync(new() { Name = $"account{i}", Currency = "EUR" }, cancel).ConfigureAwait(false);
            await store.DepositAsync($"account{i}", Deposit, null, cancel).ConfigureAwait(false);
        }

        for (int round = 1; round <= rounds; round++)
        {
            await KillAsync(round, cancel).ConfigureAwait(false);
            long receipts = await CheckAsync(store, cancel).ConfigureAwait(false);
            say($"round {round}: {_submitted.Count} jobs, {_ended.Count} acknowledged ends, {receipts} receipts, books agree");
        }

        using (Process drain = Start("drain", target))
        {
            await drain.WaitForExitAsync(cancel).ConfigureAwait(false);
            Require(drain.ExitCode == 0, "the last process failed");
        }

        await CheckAsync(store, cancel).ConfigureAwait(false);
        Require((await store.AuditAsync(cancel).ConfigureAwait(false)).Books.Single().Escrow == 0, "money is still in escrow");
    }

    private async Task KillAsync(int round, CancellationToken cancel)
    {
        Random random = new(round);
        using Process process = Start("work", target, round.ToString(CultureInfo.InvariantCulture));
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        Task? killing = null;

        // Every fourth is killed while it starts and takes up what is open; the others among new jobs.
        string since = round % 4 == 0 ? "begin" : "ended";
        while (await process.StandardOutput.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            string[] words = line.Split(' ');
            if (words[0] == "submitted")
                _submitted.Add(words[1]);
            else if (words[0] == "ended")
                _ended.Add(words[1]);
            if (words[0] == since)
                killing ??= KillAsync(process, TimeSpan.FromMilliseconds(random.Next(LongestMilliseconds)), cancel);
        }

        Require(killing is not null && (await errors.ConfigureAwait(false)).Length == 0, $"the process failed before it was killed: {await errors.ConfigureAwait(false)}");
        await killing!.ConfigureAwait(false);
    }

    private static async Task KillAsync(Process process, TimeSpan delay, CancellationToken cancel)
    {
        await Task.Delay(delay, cancel).ConfigureAwait(false);
        process.Kill();
    }

    private async Task<long> CheckAsync(AccountStore store, CancellationToken cancel)
    {
        Audit audit = await store.AuditAsync(cancel).ConfigureAwait(false);
        Require(audit.Faults.Count == 0, string.Join('\n', audit.Faults));

        Dictionary<string, Job> jobs = (await store.JobsAsync(new() { Maximum = int.MaxValue }, cancel).ConfigureAwait(false)).ToDictionary(static job => job.Id);
        Dictionary<string, StoredReceipt> receipts = (await store.ReceiptsAsync(new() { Maximum = int.MaxValue }, cancel).ConfigureAwait(false)).ToDictionary(static receipt => receipt.Job);
        foreach (string id in _submitted)
            Require(jobs.ContainsKey(id), $"{id} was acknowledged, and is lost");
        foreach (CrashJob job in _ended.Select(static id => new CrashJob(id)))
            Require(jobs[job.Id].Status == job.End.Status && receipts.GetValueOrDefault(job.Id)?.Charge == job.Charge, $"the end of {job.Id} was acknowledged, and is not there");
        foreach ((string id, StoredReceipt receipt) in receipts)
            Require(new CrashJob(id).Charge == receipt.Charge, $"the receipt of {id} says {receipt.Charge}");

        // By a count of its own: what was deposited is what is left and what receipts say.
        decimal left = (await store.AccountsAsync(cancel).ConfigureAwait(false)).Sum(static account => account.Balance + account.Escrow);
        Require(left + receipts.Keys.Sum(static id => new CrashJob(id).Charge!.Value) == CrashJob.Accounts * Deposit, "money was lost or made");
        return receipts.Count;
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Spud.Accounts.Crashes.exe" : "Spud.Accounts.Crashes"), arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new InvalidOperationException(fault);
    }
}
