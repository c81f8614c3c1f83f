using System.Text.Json.Serialization;

namespace Spud.Server.Http;

/// <summary>An error in the shape of OpenAI's API.</summary>
/// <param name="Error">The error.</param>
internal sealed record ErrorBody(ErrorDetails Error)
{
    /// <summary>The body for an exception.</summary>
    public static ErrorBody Of(ApiException fault) => new(new ErrorDetails(fault.Message, TypeOf(fault), fault.Param, fault.Code));

    private static string TypeOf(ApiException fault) => fault.Status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status429TooManyRequests => fault.Code == "insufficient_quota" ? "insufficient_quota" : "rate_limit_error",
        >= StatusCodes.Status500InternalServerError => "server_error",
        _ => "invalid_request_error",
    };
}

/// <summary>What went wrong.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">The kind of error.</param>
/// <param name="Param">The field at fault.</param>
/// <param name="Code">A stable name.</param>
internal sealed record ErrorDetails(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
