using System.Runtime.CompilerServices;

namespace Spud.Accounts;

public sealed partial class AccountStore
{
    /// <summary>A job; null if there is none with this id.</summary>
    public Task<Job?> FindJobAsync(string id, CancellationToken cancel = default) => ReadAsync(async session => (await FindJobAsync(session, id).ConfigureAwait(false))?.Job, cancel);

    /// <summary>Jobs, the last submitted first.</summary>
    public Task<List<Job>> JobsAsync(JobQuery query, CancellationToken cancel = default)
    {
        (string where, (string, object?)[] parameters) = Where(query, "submitted");
        return ReadAsync(async session => (await session.AllAsync(JobOf, $"SELECT {JobColumns} FROM job {where} ORDER BY submitted DESC, id LIMIT @maximum", parameters).ConfigureAwait(false)).ConvertAll(static row => row.Job), cancel);
    }

    /// <summary>A job whenever it has changed, and last when it has ended; nothing if there is none with this id.</summary>
    /// <param name="id">The job.</param>
    /// <param name="interval">How often to look.</param>
    /// <param name="cancel">Ends the watching.</param>
    public async IAsyncEnumerable<Job> WatchAsync(string id, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using PeriodicTimer timer = new(interval, Clock);
        Job? last = null;
        while (await FindJobAsync(id, cancel).ConfigureAwait(false) is { } job)
        {
            if (job != last)
                yield return last = job;
            if (!job.IsOpen || !await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
                yield break;
        }
    }

    /// <summary>The receipt of a job; null if it has none.</summary>
    public Task<StoredReceipt?> FindReceiptAsync(string job, CancellationToken cancel = default) => ReadAsync(session => session.OneAsync(ReceiptOf, $"{SelectReceipt} WHERE job = @job", ("@job", job)), cancel);

    /// <summary>Receipts, the last first; the query's status is ignored.</summary>
    public Task<List<StoredReceipt>> ReceiptsAsync(JobQuery query, CancellationToken cancel = default)
    {
        (string where, (string, object?)[] parameters) = Where(query with { Status = null }, "made");
        return ReadAsync(session => session.AllAsync(ReceiptOf, $"{SelectReceipt} {where} ORDER BY made DESC, job LIMIT @maximum", parameters), cancel);
    }

    /// <summary>Movements of money, the last first.</summary>
    public Task<List<Transfer>> TransfersAsync(JobQuery query, CancellationToken cancel = default)
    {
        (string where, (string, object?)[] parameters) = Where(query with { Status = null }, "made");
        return ReadAsync(session => session.AllAsync(TransferOf, $"SELECT id, account, job, source, target, amount, made, note FROM transfer {where} ORDER BY made DESC, id DESC LIMIT @maximum", parameters), cancel);
    }

    private const string SelectReceipt = "SELECT job, account, (SELECT currency FROM account WHERE account.name = receipt.account), made, flops, charge, json FROM receipt";

    private static StoredReceipt ReceiptOf(Databases.Row row) =>
        new(row.Text(), row.Text(), row.Text(), Units.Time(row.Number()), Units.ComputeUnits(row.Number()), Units.Money(row.Number()), row.Text());

    private static Transfer TransferOf(Databases.Row row) => new(
        row.Text(), row.Text(), row.TextOrNull(), Enum.Parse<LedgerSide>(row.Text()), Enum.Parse<LedgerSide>(row.Text()), Units.Money(row.Number()), Units.Time(row.Number()), row.TextOrNull());

    private static (string Sql, (string, object?)[] Parameters) Where(JobQuery query, string time)
    {
        List<(string Condition, string Name, object? Value)> conditions = [];
        if (query.Account is not null)
            conditions.Add(("account = @account", "@account", query.Account));
        if (query.Status is { } status)
            conditions.Add(("status = @status", "@status", $"{status}"));
        if (query.Since is { } since)
            conditions.Add(($"{time} >= @since", "@since", Units.Time(since)));
        if (query.Until is { } until)
            conditions.Add(($"{time} < @until", "@until", Units.Time(until)));

        string sql = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions.Select(static condition => condition.Condition))}";
        return (sql, [.. conditions.Select(static condition => (condition.Name, condition.Value)), ("@maximum", query.Maximum)]);
    }
}
