using Spud.Accounts.Databases;

namespace Spud.Accounts;

/// <summary>
/// An account as it is locked by an operation, and what it used in this minute and day. Every job counts in those in which it was submitted.
/// </summary>
internal sealed class AccountUse(Account account, Row row)
{
    public const string Columns = "minute, flops_in_minute, amount_in_minute, day, flops_in_day, amount_in_day";
    private const long MinuteLength = 60_000_000, DayLength = 1440 * MinuteLength;

    private Window _minute = new(MinuteLength, row.Number(), row.Number(), row.Number());
    private Window _day = new(DayLength, row.Number(), row.Number(), row.Number());

    public Account Account => account;

    /// <summary>Beginning of the last minute in which something was counted: a clock that was set back does not lift the limits.</summary>
    public long LastMinute => _minute.Number * MinuteLength;

    /// <summary>Makes sure that a job may be that large.</summary>
    /// <param name="flops">Its cap.</param>
    /// <param name="reserved">Its whole reservation.</param>
    /// <exception cref="JobRefusedException">It may not.</exception>
    public void RequireRequest(long flops, long reserved)
    {
        (decimal units, decimal amount) = (Units.ComputeUnits(flops), Units.Money(reserved));
        if (units > account.Limits.ComputeUnitsPerRequest)
            throw new JobRefusedException(RefusalReason.OverRequestLimit, $"a job of account '{account.Name}' may use at most {account.Limits.ComputeUnitsPerRequest} CU; this one may use {units}.");
        if (amount > account.Limits.AmountPerRequest)
            throw new JobRefusedException(RefusalReason.OverRequestLimit, $"a job of account '{account.Name}' may reserve at most {account.Limits.AmountPerRequest} {account.Currency}; this one needs {amount}.");
    }

    /// <summary>Makes sure that this much more may be used, and that the balance pays for it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="submitted">When the job was submitted.</param>
    /// <param name="flops">Additional compute.</param>
    /// <param name="amount">Additional amount.</param>
    /// <exception cref="JobRefusedException">It may not.</exception>
    public void Require(long now, long submitted, long flops, long amount)
    {
        AccountLimits limits = account.Limits;
        Require(_day, RefusalReason.OverDayLimit, "day", limits.ComputeUnitsPerDay, limits.AmountPerDay, now, submitted, flops, amount);
        Require(_minute, RefusalReason.OverMinuteLimit, "minute", limits.ComputeUnitsPerMinute, limits.AmountPerMinute, now, submitted, flops, amount);
        if (account.Balance < Units.Money(amount))
            throw new JobRefusedException(RefusalReason.InsufficientBalance, $"the balance of account '{account.Name}' is {account.Balance} {account.Currency}; {Units.Money(amount)} must be reserved.");
    }

    /// <summary>Counts what a job uses; negative when less was used than reserved.</summary>
    public void Add(long submitted, long flops, long amount)
    {
        _minute = _minute.With(submitted, flops, amount);
        _day = _day.With(submitted, flops, amount);
    }

    /// <summary>Writes the use.</summary>
    public Task SaveAsync(Session session) => session.DoAsync(
        """
        UPDATE account SET minute = @minute, flops_in_minute = @minuteFlops, amount_in_minute = @minuteAmount, day = @day, flops_in_day = @dayFlops, amount_in_day = @dayAmount
        WHERE name = @name
        """,
        ("@minute", _minute.Number), ("@minuteFlops", _minute.Flops), ("@minuteAmount", _minute.Amount),
        ("@day", _day.Number), ("@dayFlops", _day.Flops), ("@dayAmount", _day.Amount), ("@name", account.Name));

    private void Require(Window window, RefusalReason reason, string name, decimal? maxUnits, decimal? maxAmount, long now, long submitted, long flops, long amount)
    {
        // A minute that is over cannot be overspent any more.
        if (window.NumberOf(submitted) < window.NumberOf(now))
            return;

        Window after = window.With(submitted, flops, amount);
        bool tooMuch = Units.ComputeUnits(after.Flops) > maxUnits, tooDear = Units.Money(after.Amount) > maxAmount;
        if (!tooMuch && !tooDear)
            return;

        bool ever = !(Units.ComputeUnits(flops) > maxUnits) && !(Units.Money(amount) > maxAmount);
        string limit = tooMuch ? $"{maxUnits} CU" : $"{maxAmount} {account.Currency}";
        throw new JobRefusedException(reason, $"account '{account.Name}' may use {limit} in a {name}, and this job would exceed that.{(ever ? $" Try again in the next {name}." : "")}")
        {
            RetryAfter = ever ? TimeSpan.FromMicroseconds((window.NumberOf(now) + 1) * window.Length - now) : null,
        };
    }

    private readonly record struct Window(long Length, long Number, long Flops, long Amount)
    {
        public long NumberOf(long time) => time / Length;

        public Window With(long submitted, long flops, long amount) => NumberOf(submitted) switch
        {
            var number when number > Number => new(Length, number, flops, amount),
            var number when number == Number => this with { Flops = Sum(Flops, flops), Amount = Sum(Amount, amount) },
            _ => this,
        };

        private static long Sum(long a, long b) => (long)Int128.Clamp((Int128)a + b, 0, long.MaxValue);
    }
}
