using Spud.Execution;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Http;

/// <summary>Exceptions of the engine and of ASP.NET as errors of the API. The only place that knows which of them are the client's.</summary>
internal static class Faults
{
    /// <summary>The error for an exception.</summary>
    public static ApiException Of(Exception exception) => exception switch
    {
        ApiException known => known,
        ContextOverflowException overflow => ContextLength(overflow),
        BudgetExceededException refusal => new(StatusCodes.Status400BadRequest, Budget(refusal), "budget", "budget_exceeded"),
        TemplateException template => new(StatusCodes.Status400BadRequest, $"messages: the model's chat template refuses this conversation: {template.Message}", "messages", "invalid_messages"),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(StatusCodes.Status413PayloadTooLarge, "The request's body is larger than this server accepts (Serve:BodyMegabytes).", null, "request_too_large"),
        BadHttpRequestException bad => new(bad.StatusCode, bad.Message),
        PagePoolFullException full => new(StatusCodes.Status503ServiceUnavailable, $"There is no memory left for keys and values: {full.Message}", null, "overloaded") { RetryAfter = TimeSpan.FromSeconds(1) },
        Accounts.JobRefusedException refused => AccountFaults.Of(refused),
        Accounts.AccountsException account => AccountFaults.Of(account),
        ComponentException component => new(StatusCodes.Status500InternalServerError, component.Message, null, "component_failed"),
        _ => new(StatusCodes.Status500InternalServerError, "The server failed unexpectedly; its log has the details.", null, "internal_error"),
    };

    // Clients look for this wording.
    private static ApiException ContextLength(ContextOverflowException overflow) => new(
        StatusCodes.Status400BadRequest,
        $"This model's maximum context length is {overflow.ContextTokens} tokens. However, your messages have {overflow.Tokens} tokens or more. Please reduce their length.",
        "messages",
        "context_length_exceeded");

    private static string Budget(BudgetExceededException refusal) => FormattableString.Invariant(
        $"budget: reading the prompt may cost {refusal.Cost:0.############} {refusal.Budget.Prices?.Currency ?? "CU"}, and the budget is {refusal.Budget}. Nothing was computed. Raise the budget or shorten the prompt.");
}
