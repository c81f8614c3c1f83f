namespace Spud.Server.Http;

/// <summary>A request that is refused or failed, in the terms of OpenAI's API.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">What was expected, what was received and what to do.</param>
/// <param name="param">The field at fault; null if none is.</param>
/// <param name="code">A stable name of the fault; null if none is defined.</param>
internal sealed class ApiException(int status, string message, string? param = null, string? code = null) : Exception(message)
{
    /// <summary>Code of an answer whose deadline has passed.</summary>
    public const string Expired = "bid_expired";

    /// <summary>HTTP status.</summary>
    public int Status => status;

    /// <summary>The field at fault.</summary>
    public string? Param => param;

    /// <summary>A stable name of the fault.</summary>
    public string? Code => code;

    /// <summary>When the client may try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A field with an unusable value.</summary>
    public static ApiException Invalid(string param, string message, string? code = null) => new(StatusCodes.Status400BadRequest, $"{param}: {message}", param, code);

    /// <summary>A field that this server knows and cannot honour.</summary>
    public static ApiException Unsupported(string param, string reason) => Invalid(param, reason, "unsupported_parameter");
}
