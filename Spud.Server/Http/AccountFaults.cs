using Spud.Accounts;

namespace Spud.Server.Http;

/// <summary>Refusals of the accounts as errors of the API.</summary>
internal static class AccountFaults
{
    /// <summary>The error for a job that was refused.</summary>
    public static ApiException Of(JobRefusedException refused) => refused.Reason switch
    {
        RefusalReason.UnknownAccount or RefusalReason.AccountDisabled => new(StatusCodes.Status403Forbidden, refused.Message, null, "account_disabled"),
        RefusalReason.DeadlinePassed => new(StatusCodes.Status400BadRequest, refused.Message, "deadline", ApiException.Expired),
        RefusalReason.OverRequestLimit => new(StatusCodes.Status400BadRequest, refused.Message, "budget", "budget_exceeded"),
        RefusalReason.OverMinuteLimit or RefusalReason.OverDayLimit => new(StatusCodes.Status429TooManyRequests, refused.Message, null, "rate_limit_exceeded") { RetryAfter = refused.RetryAfter ?? TimeSpan.FromMinutes(1) },
        RefusalReason.InsufficientBalance => new(StatusCodes.Status429TooManyRequests, refused.Message, null, "insufficient_quota") { RetryAfter = TimeSpan.FromMinutes(1) },
        _ => new(StatusCodes.Status400BadRequest, refused.Message, null, "invalid_job"),
    };

    /// <summary>The error for anything else of the accounts.</summary>
    public static ApiException Of(AccountsException fault) => fault switch
    {
        NotFoundException => new(StatusCodes.Status404NotFound, fault.Message, null, "not_found"),
        JobConflictException => new(StatusCodes.Status409Conflict, fault.Message, null, "job_conflict"),
        DatabaseUnavailableException => new(StatusCodes.Status503ServiceUnavailable, "The accounts cannot be reached. Try again later; nothing is lost.", null, "accounts_unavailable") { RetryAfter = TimeSpan.FromSeconds(5) },
        _ => new(StatusCodes.Status500InternalServerError, fault.Message, null, "accounts_failed"),
    };
}
