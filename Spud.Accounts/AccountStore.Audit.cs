using Spud.Accounts.Databases;

namespace Spud.Accounts;

/// <summary>What the books say, in one currency. Deposits minus withdrawals is what accounts have and what was earned.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Deposited">Deposits minus withdrawals.</param>
/// <param name="Balances">Balances of all accounts.</param>
/// <param name="Escrow">Reserved for open jobs.</param>
/// <param name="Revenue">Charged.</param>
/// <param name="Receipts">Number of receipts.</param>
public sealed record Books(string Currency, decimal Deposited, decimal Balances, decimal Escrow, decimal Revenue, long Receipts);

/// <summary>Result of checking the books.</summary>
/// <param name="Books">By currency.</param>
/// <param name="Faults">What does not agree; empty if all does.</param>
public sealed record Audit(IReadOnlyList<Books> Books, IReadOnlyList<string> Faults);

public sealed partial class AccountStore
{
    private const string AuditSql =
        """
        SELECT name, currency, balance, escrow,
            CAST(COALESCE((SELECT SUM(CASE WHEN target = 'Balance' THEN amount WHEN source = 'Balance' THEN -amount ELSE 0 END) FROM transfer WHERE transfer.account = account.name), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(CASE WHEN target = 'Escrow' THEN amount WHEN source = 'Escrow' THEN -amount ELSE 0 END) FROM transfer WHERE transfer.account = account.name), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(amount) FROM transfer WHERE transfer.account = account.name AND target = 'Revenue'), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(CASE WHEN source = 'Outside' THEN amount ELSE -amount END) FROM transfer WHERE transfer.account = account.name AND job IS NULL), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(reserved) FROM job WHERE job.account = account.name AND ended IS NULL), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(charge) FROM job WHERE job.account = account.name), 0) AS BIGINT),
            CAST(COALESCE((SELECT SUM(charge) FROM receipt WHERE receipt.account = account.name), 0) AS BIGINT),
            (SELECT count(*) FROM receipt WHERE receipt.account = account.name)
        FROM account ORDER BY name
        """;

    private const string StraySql =
        """
        SELECT job.id FROM job LEFT JOIN receipt ON receipt.job = job.id
        WHERE (ended IS NULL AND receipt.job IS NOT NULL) OR (status = 'Finished' AND receipt.job IS NULL) OR (receipt.job IS NOT NULL AND (receipt.charge <> job.charge OR receipt.account <> job.account))
        ORDER BY job.id LIMIT 20
        """;

    /// <summary>Checks the books: balances and escrow against transfers and open jobs, charges against receipts and transfers.</summary>
    public Task<Audit> AuditAsync(CancellationToken cancel = default) => ReadAsync(async session =>
    {
        List<AccountBooks> accounts = await session.AllAsync(AccountBooks.Of, AuditSql).ConfigureAwait(false);
        List<string> strays = await session.AllAsync(static row => row.Text(), StraySql).ConfigureAwait(false);
        IEnumerable<Books> books = accounts.GroupBy(static account => account.Currency).Select(static group => new Books(
            group.Key, group.Sum(static account => Units.Money(account.Deposited)), group.Sum(static account => Units.Money(account.Balance)),
            group.Sum(static account => Units.Money(account.Escrow)), group.Sum(static account => Units.Money(account.Revenue)), group.Sum(static account => account.Receipts)));
        return new Audit([.. books], [.. accounts.SelectMany(static account => account.Faults()), .. strays.Select(static job => $"job '{job}' and its receipt do not agree.")]);
    }, cancel);

    private sealed record AccountBooks(
        string Name, string Currency, long Balance, long Escrow, long BalanceMoved, long EscrowMoved, long Revenue, long Deposited, long Reserved, long Charged, long OnReceipts, long Receipts)
    {
        public static AccountBooks Of(Row row) => new(
            row.Text(), row.Text(), row.Number(), row.Number(), row.Number(), row.Number(), row.Number(), row.Number(), row.Number(), row.Number(), row.Number(), row.Number());

        public IEnumerable<string> Faults()
        {
            (string What, long Is, long Should)[] pairs =
            [
                ("the balance", Balance, BalanceMoved), ("the escrow", Escrow, EscrowMoved), ("the reservations of open jobs", Reserved, Escrow),
                ("the charges of jobs", Charged, Revenue), ("the sum of receipts", OnReceipts, Revenue), ("deposits minus revenue", Deposited - Revenue, Balance + Escrow),
            ];
            return pairs.Where(static pair => pair.Is != pair.Should).Select(pair => $"account '{Name}': {pair.What} is {Units.Money(pair.Is)}, and should be {Units.Money(pair.Should)} {Currency}.");
        }
    }
}
