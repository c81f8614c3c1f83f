using System.Text.RegularExpressions;
using Spud.Accounts.Databases;

namespace Spud.Accounts;

public sealed partial class AccountStore
{
    private const string AccountColumns =
        "name, currency, balance, escrow, weight, enabled, request_flops, request_amount, minute_flops, minute_amount, day_flops, day_amount, created";

    /// <summary>Creates an account without money.</summary>
    /// <param name="account">Its name, currency, weight and limits.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="AccountsException">There is one of this name, or a value is out of range.</exception>
    public Task<Account> AddAccountAsync(Account account, CancellationToken cancel = default)
    {
        Check(account);
        long now = Now;
        return WriteAsync(async session =>
        {
            int added = await session.DoAsync(
                """
                INSERT INTO account(name, currency, balance, escrow, weight, enabled, minute, flops_in_minute, amount_in_minute, day, flops_in_day, amount_in_day, created)
                VALUES (@name, @currency, 0, 0, @weight, @enabled, 0, 0, 0, 0, 0, 0, @created) ON CONFLICT DO NOTHING
                """,
                ("@name", account.Name), ("@currency", account.Currency), ("@weight", Units.Weight(account.Weight)), ("@enabled", account.Enabled), ("@created", now)).ConfigureAwait(false);

            // Unless this very operation was interrupted after its commit.
            if (added == 0 && await session.NumberAsync("SELECT created FROM account WHERE name = @name", ("@name", account.Name)).ConfigureAwait(false) != now)
                throw new AccountsException($"there is already an account '{account.Name}'.");

            await SetLimitsAsync(session, account.Name, account.Limits).ConfigureAwait(false);
            return await AccountAsync(session, account.Name).ConfigureAwait(false);
        }, cancel);
    }

    /// <summary>An account; null if there is none of this name.</summary>
    public Task<Account?> FindAccountAsync(string name, CancellationToken cancel = default) => ReadAsync(session => FindAccountAsync(session, name, ""), cancel);

    /// <summary>All accounts, by name.</summary>
    public Task<List<Account>> AccountsAsync(CancellationToken cancel = default) =>
        ReadAsync(session => session.AllAsync(AccountOf, $"SELECT {AccountColumns} FROM account ORDER BY name"), cancel);

    /// <summary>Changes an account's weight, limits and whether it is enabled.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">Makes the new account of the old one.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="NotFoundException">There is no such account.</exception>
    public Task<Account> ChangeAccountAsync(string name, Func<Account, Account> change, CancellationToken cancel = default) => WriteAsync(async session =>
    {
        Account old = await AccountAsync(session, name, session.ForUpdate).ConfigureAwait(false), changed = change(old);
        if (changed with { Weight = old.Weight, Limits = old.Limits, Enabled = old.Enabled } != old)
            throw new AccountsException("only an account's weight, limits and whether it is enabled can be changed.");

        Check(changed);
        await session.DoAsync(
            "UPDATE account SET weight = @weight, enabled = @enabled WHERE name = @name",
            ("@weight", Units.Weight(changed.Weight)), ("@enabled", changed.Enabled), ("@name", name)).ConfigureAwait(false);
        await SetLimitsAsync(session, name, changed.Limits).ConfigureAwait(false);
        return await AccountAsync(session, name).ConfigureAwait(false);
    }, cancel);

    /// <summary>Adds money to an account.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="amount">How much, above 0, with at most nine decimals.</param>
    /// <param name="note">What for; null for nothing in particular.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="AccountsException">There is no such account, or the amount is out of range.</exception>
    public Task<Account> DepositAsync(string name, decimal amount, string? note = null, CancellationToken cancel = default) => MoveAsync(name, amount, LedgerSide.Outside, LedgerSide.Balance, note, cancel);

    /// <summary>Takes money out of an account's balance.</summary>
    /// <inheritdoc cref="DepositAsync"/>
    public Task<Account> WithdrawAsync(string name, decimal amount, string? note = null, CancellationToken cancel = default) => MoveAsync(name, amount, LedgerSide.Balance, LedgerSide.Outside, note, cancel);

    private Task<Account> MoveAsync(string name, decimal amount, LedgerSide from, LedgerSide to, string? note, CancellationToken cancel)
    {
        if (amount <= 0 || !Units.IsExact(amount))
            throw new AccountsException($"an amount must be above 0, at most {Units.MaxAmount}, and have at most nine decimals; got {amount}.");

        string id = $"{(to == LedgerSide.Balance ? "deposit" : "withdrawal")}-{Guid.NewGuid():n}";
        return WriteAsync(async session =>
        {
            Account account = await AccountAsync(session, name, session.ForUpdate).ConfigureAwait(false);
            if (await session.NumberAsync("SELECT count(*) FROM transfer WHERE id = @id", ("@id", id)).ConfigureAwait(false) > 0)
                return account;
            if (to == LedgerSide.Outside && account.Balance < amount)
                throw new AccountsException($"the balance of '{name}' is {account.Balance} {account.Currency}, less than {amount}.");
            if (to == LedgerSide.Balance && account.Balance + account.Escrow + amount > Units.MaxAmount)
                throw new AccountsException($"an account holds at most {Units.MaxAmount} {account.Currency}.");

            await TransferAsync(session, id, name, job: null, from, to, Units.Money(amount), note).ConfigureAwait(false);
            return await AccountAsync(session, name).ConfigureAwait(false);
        }, cancel);
    }

    /// <summary>Moves money, and keeps the account's balance and escrow in step with its transfers. Nothing is moved if the amount is 0.</summary>
    private async Task TransferAsync(Session session, string id, string account, string? job, LedgerSide from, LedgerSide to, long amount, string? note = null)
    {
        if (amount == 0)
            return;

        await session.DoAsync(
            "INSERT INTO transfer(id, account, job, source, target, amount, made, note) VALUES (@id, @account, @job, @source, @target, @amount, @made, @note)",
            ("@id", id), ("@account", account), ("@job", job), ("@source", $"{from}"), ("@target", $"{to}"), ("@amount", amount), ("@made", Now), ("@note", note)).ConfigureAwait(false);
        await session.DoAsync(
            "UPDATE account SET balance = balance + @balance, escrow = escrow + @escrow WHERE name = @account",
            ("@balance", Change(LedgerSide.Balance)), ("@escrow", Change(LedgerSide.Escrow)), ("@account", account)).ConfigureAwait(false);

        long Change(LedgerSide side) => side == to ? amount : side == from ? -amount : 0;
    }

    private static Task SetLimitsAsync(Session session, string name, AccountLimits limits) => session.DoAsync(
        """
        UPDATE account SET request_flops = @request_flops, request_amount = @request_amount, minute_flops = @minute_flops, minute_amount = @minute_amount,
            day_flops = @day_flops, day_amount = @day_amount WHERE name = @name
        """,
        ("@request_flops", FlopsOrNull(limits.ComputeUnitsPerRequest)), ("@request_amount", MoneyOrNull(limits.AmountPerRequest)),
        ("@minute_flops", FlopsOrNull(limits.ComputeUnitsPerMinute)), ("@minute_amount", MoneyOrNull(limits.AmountPerMinute)),
        ("@day_flops", FlopsOrNull(limits.ComputeUnitsPerDay)), ("@day_amount", MoneyOrNull(limits.AmountPerDay)), ("@name", name));

    private static async Task<Account> AccountAsync(Session session, string name, string forUpdate = "") =>
        await FindAccountAsync(session, name, forUpdate).ConfigureAwait(false) ?? throw new NotFoundException($"there is no account '{name}'.");

    private static Task<Account?> FindAccountAsync(Session session, string name, string forUpdate) =>
        session.OneAsync(AccountOf, $"SELECT {AccountColumns} FROM account WHERE name = @name{forUpdate}", ("@name", name));

    private static Account AccountOf(Row row) => new()
    {
        Name = row.Text(),
        Currency = row.Text(),
        Balance = Units.Money(row.Number()),
        Escrow = Units.Money(row.Number()),
        Weight = Units.Weight(row.Number()),
        Enabled = row.Flag(),
        Limits = new()
        {
            ComputeUnitsPerRequest = ComputeUnitsOrNull(row.NumberOrNull()),
            AmountPerRequest = AmountOrNull(row.NumberOrNull()),
            ComputeUnitsPerMinute = ComputeUnitsOrNull(row.NumberOrNull()),
            AmountPerMinute = AmountOrNull(row.NumberOrNull()),
            ComputeUnitsPerDay = ComputeUnitsOrNull(row.NumberOrNull()),
            AmountPerDay = AmountOrNull(row.NumberOrNull()),
        },
        Created = Units.Time(row.Number()),
    };

    private static void Check(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (!NamePattern().IsMatch(account.Name))
            throw new AccountsException($"an account's name has 1 to 64 lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit; got '{account.Name}'.");
        if (!CurrencyPattern().IsMatch(account.Currency))
            throw new AccountsException($"a currency has three capital letters, such as EUR; got '{account.Currency}'.");
        if (account.Weight is < 0.001m or > 1_000_000)
            throw new AccountsException($"a weight is from 0.001 to 1000000; got {account.Weight}.");

        AccountLimits limits = account.Limits;
        foreach (decimal? amount in new[] { limits.AmountPerRequest, limits.AmountPerMinute, limits.AmountPerDay })
        {
            if (amount is { } known && !Units.IsExact(known))
                throw new AccountsException($"a limit of money is from 0 to {Units.MaxAmount}, with at most nine decimals; got {known}.");
        }

        foreach (decimal? units in new[] { limits.ComputeUnitsPerRequest, limits.ComputeUnitsPerMinute, limits.ComputeUnitsPerDay })
        {
            if (units is < 0 or > Metering.Budget.MaxComputeUnits)
                throw new AccountsException($"a limit of compute is from 0 to {Metering.Budget.MaxComputeUnits} CU; got {units}.");
        }
    }

    private static long? FlopsOrNull(decimal? units) => units is { } known ? Units.Flops(known) : null;

    private static long? MoneyOrNull(decimal? amount) => amount is { } known ? Units.Money(known) : null;

    private static decimal? ComputeUnitsOrNull(long? flops) => flops is { } known ? Units.ComputeUnits(known) : null;

    private static decimal? AmountOrNull(long? units) => units is { } known ? Units.Money(known) : null;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[A-Z]{3}\z")]
    private static partial Regex CurrencyPattern();
}
