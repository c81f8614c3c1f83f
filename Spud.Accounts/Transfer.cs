namespace Spud.Accounts;

/// <summary>Where money is. That of an account is its balance or in escrow.</summary>
public enum LedgerSide
{
    /// <summary>Outside of the books: where deposits come from and withdrawals go to.</summary>
    Outside,

    /// <summary>The account's balance.</summary>
    Balance,

    /// <summary>Reserved for the account's open jobs.</summary>
    Escrow,

    /// <summary>Earned.</summary>
    Revenue,
}

/// <summary>
/// A movement of money, in double entry: it takes from one side what it adds to the other, so that the books always sum to zero.
/// </summary>
/// <param name="Id">Its id, unique: a movement is never made twice.</param>
/// <param name="Account">Whose money.</param>
/// <param name="Job">The job that it belongs to; null for deposits and withdrawals.</param>
/// <param name="From">Where it is taken.</param>
/// <param name="To">Where it is added.</param>
/// <param name="Amount">The amount, above 0.</param>
/// <param name="Time">When.</param>
/// <param name="Note">What for, in words; null for none.</param>
public sealed record Transfer(string Id, string Account, string? Job, LedgerSide From, LedgerSide To, decimal Amount, DateTimeOffset Time, string? Note);
