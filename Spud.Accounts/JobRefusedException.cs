namespace Spud.Accounts;

/// <summary>A job is refused; nothing was changed.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">Why, in one sentence.</param>
public sealed class JobRefusedException(RefusalReason reason, string message) : AccountsException(message)
{
    /// <summary>Why.</summary>
    public RefusalReason Reason { get; } = reason;

    /// <summary>When the same job would be within the limits; null if that is not known or never.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>An operation contradicts an earlier one, such as ending a job a second time in another way; nothing was changed.</summary>
/// <param name="message">What contradicts what.</param>
public sealed class JobConflictException(string message) : AccountsException(message);

/// <summary>Another server of the same name has started, and has this one's jobs.</summary>
/// <param name="message">Which.</param>
public sealed class ServerReplacedException(string message) : AccountsException(message);

/// <summary>There is no such account, key, job, receipt or price list.</summary>
/// <param name="message">What is missing.</param>
public sealed class NotFoundException(string message) : AccountsException(message);

/// <summary>Why a job is refused.</summary>
public enum RefusalReason
{
    /// <summary>A number of it is out of range.</summary>
    InvalidTerms,

    /// <summary>There is no such account.</summary>
    UnknownAccount,

    /// <summary>The account is disabled.</summary>
    AccountDisabled,

    /// <summary>The price list is not in the database, or has another currency than the account.</summary>
    WrongPriceList,

    /// <summary>Its deadline has passed.</summary>
    DeadlinePassed,

    /// <summary>It is larger than a job of this account may be.</summary>
    OverRequestLimit,

    /// <summary>The account has used up this minute's limit.</summary>
    OverMinuteLimit,

    /// <summary>The account has used up this day's limit.</summary>
    OverDayLimit,

    /// <summary>The balance is less than what must be reserved.</summary>
    InsufficientBalance,
}
